import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'

import { apiError } from '../../emulator/reply.js'
import { TlsFront } from '../../emulator/tls-front.js'
import type { Step } from '../runner/step.js'
import { BOT, pullRequest, PullRequestWorld } from './pull-request-world.js'

/** One world for all tests: what names the workspace is part of a comment. Each test begins without comments. */
let world: PullRequestWorld

/** The comment of a run without more inputs. */
let plan: string

beforeAll(async () => {
  world = await PullRequestWorld.start()
  await world.comment()
  plan = world.said()
})

beforeEach(() => {
  const { store } = world.workspace
  for (const { name } of store.scopes) store.deleteScope(name)
  store.createScope('storage')
  world.github.deleteComments()
  world.github.requests.reset()
})

afterAll(async () => {
  await world.close()
})

describe('a dry run for a pull request', () => {
  // Without a comment, a reviewer has to open the log of each run to see what a merge does.
  test('writes the summary as a comment, and nothing twice', async () => {
    const commit = '0123456789'.repeat(4)
    const event = structuredClone(pullRequest()) as { pull_request: { head: object } }
    Object.assign(event.pull_request.head, { sha: commit })
    const first = await world.comment({}, { event })
    expect([first.exitCode, first.annotations]).toEqual([0, []])
    expect(first.log).toContain('Comment         created on pull request #7')
    expect(world.said()).toMatch(/^<!-- databricks-secrets-sync [\da-f]{32} -->\n### /)
    expect(world.said()).toContain(first.summary.trim())
    // A later run may crash, and then the comment stays.
    expect(world.said()).toMatch(new RegExp(`\\nFor commit ${commit}\\.$`))
    expect(JSON.stringify(world.github.comments())).not.toMatch(/ghs_|fake-token/)
    const [own] = world.github.comments()
    if (own !== undefined) own.body = own.body.replaceAll('\n', '\r\n') + '\r\n' // The same to GitHub.
    const second = await world.comment({}, { event })
    expect(second.log).toContain('Comment         unchanged on pull request #7')
    expect(world.writes()).toBe(1)
  })

  test('updates its comment when the plan changes', async () => {
    world.github.comment(BOT, plan.replace('### ', '### An old plan '))
    await world.comment({ host: `${world.workspace.url}/?o=1`, 'workspace-id': '' })
    expect(world.github.comments()).toHaveLength(2) // Another workspace.
    const { log } = await world.comment()
    expect(log).toContain('Comment         updated on pull request #7')
    expect(world.github.comments().map(({ body }) => body)).toContain(plan)
    expect(world.github.comments()).toHaveLength(2)
  })

  // Two scopes with one comment would overwrite each other's plan in every run.
  test('has a comment for each scope, job and step', async () => {
    world.workspace.store.createScope('other')
    world.github.comment(BOT, plan)
    await world.comment({ scope: 'other' })
    await world.comment({}, { runnerVariables: { GITHUB_JOB: 'other' } })
    await world.comment({}, { runnerVariables: { GITHUB_ACTION: '__owner_databricks-secrets-sync_2' } })
    await world.comment({ scope: 'Storage' })
    expect(world.github.comments()).toHaveLength(4)
  })

  // If this fails, the plan of only one job of a matrix is shown.
  test('has a comment for each job of a matrix that writes other keys of the scope', async () => {
    const secrets = '{"A": "fake-value"}'
    await world.comment({ secrets, include: '*', 'key-prefix': 'team-a-' })
    await world.comment({ secrets, include: '*', 'key-prefix': 'team-b-' })
    expect(world.github.comments().map(({ body }) => /team-[ab]/.exec(body)?.[0])).toEqual([
      'team-a',
      'team-b',
    ])
  })

  // If this fails, one of two comments is never updated again.
  test('that runs at the same time as another leaves one comment, with its own plan', async () => {
    let raced = false
    world.github.intercept(({ rawBody, body }) => {
      if (raced || !rawBody.includes('addComment')) return undefined
      raced = true
      const { variables } = body as { variables: { body: string } }
      world.github.comment(BOT, variables.body.replace('### ', '### An older plan '))
      return undefined
    })
    const { exitCode, log } = await world.comment()
    expect([exitCode, log]).toEqual([0, expect.stringContaining('Comment         updated')])
    expect(world.said()).not.toContain('An older plan')
  })

  // If this fails, the plan of an older run stays.
  test('whose comment another run deleted as a copy writes its plan to the remaining comment', async () => {
    let raced = false
    world.github.intercept(({ rawBody, body }, perform) => {
      if (raced || !rawBody.includes('addComment')) return undefined
      raced = true
      const answer = perform()
      const { variables } = body as { variables: { body: string } }
      world.github.deleteComments()
      world.github.comment(BOT, variables.body.replace('### ', '### An older plan '))
      return answer
    })
    const { exitCode, log } = await world.comment()
    expect([exitCode, log]).toEqual([0, expect.stringContaining('Comment         updated')])
    expect(world.said()).not.toContain('An older plan')
  })

  test('leaves one comment when two run at the same time', async () => {
    const steps = await Promise.all([world.comment(), world.comment()])
    expect(steps.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect(world.said()).toContain('`storage`')
  })

  test('deletes the copies of earlier runs', async () => {
    for (const author of [BOT, BOT, 'somebody']) world.github.comment(author, plan)
    await world.comment()
    expect(world.github.comments().map(({ author }) => author)).toEqual([BOT, 'somebody'])
  })

  // If this fails, the step fails when somebody deletes the comment at the wrong moment.
  test('searches again for a comment that is deleted before it is updated', async () => {
    world.github.comment(BOT, `${plan}\nold`)
    let deleted = false
    world.github.intercept(({ rawBody }) => {
      if (deleted || !rawBody.includes('updateIssueComment')) return undefined
      deleted = true
      world.github.deleteComments()
      return undefined
    })
    const { exitCode, log } = await world.comment()
    expect([exitCode, log]).toEqual([0, expect.stringContaining('Comment         created')])
    expect(world.said()).not.toContain('old\n')
  })

  // Otherwise, everyone who can comment could make the action overwrite other comments, or never write its own.
  test('changes no comment of others, even with the same marker', async () => {
    const body = `${plan}\n\nby somebody else`
    world.github.comment(BOT, `> ${plan}`) // The bot, too, quotes: another action.
    world.github.comment('somebody', body)
    const { exitCode } = await world.comment()
    expect(exitCode).toBe(0)
    expect(world.github.comments().map(({ author }) => author)).toEqual([BOT, 'somebody', BOT])
    expect(world.github.comments()[1]?.body).toBe(body)
  })

  test('recognizes its comment also with a token of another user', async () => {
    world.github.comment(BOT, plan)
    const inputs = { 'github-token': 'fake-token-of-a-person' }
    await world.comment(inputs)
    expect((await world.comment(inputs)).log).toContain('Comment         unchanged')
    expect(world.github.comments().map(({ author }) => author)).toEqual([BOT, 'octocat'])
  })

  // Otherwise, a pull request with many comments would get a new one in each run.
  test('finds its comment among hundreds', async () => {
    for (let index = 0; index < 150; index++) world.github.comment('somebody', `comment ${index}`)
    await world.comment()
    for (let index = 0; index < 150; index++) world.github.comment('somebody', `comment ${index}`)
    await world.comment()
    expect(world.github.comments()).toHaveLength(301)
    expect(world.writes()).toBe(1)
  })

  // A page of such comments is the largest response of GitHub.
  test('finds its comment among the longest that GitHub accepts', async () => {
    for (let index = 0; index < 30; index++) world.github.comment('somebody', '\u0001'.repeat(65_536))
    world.github.comment(BOT, plan)
    const { exitCode, log } = await world.comment()
    expect([exitCode, log]).toEqual([0, expect.stringContaining('Comment         unchanged')])
  })

  test('works on an Enterprise Server', async () => {
    const server = await PullRequestWorld.start({ enterprise: true })
    try {
      expect((await server.comment()).exitCode).toBe(0)
      expect(server.said()).toContain('`storage`')
    } finally {
      await server.close()
    }
  })

  test('goes through the proxy of the runner', async () => {
    const front = await TlsFront.start({ 'api.github.example': world.github.url })
    try {
      const { exitCode } = await world.comment(
        {},
        {
          env: { ...front.variables, no_proxy: '127.0.0.1' },
          runnerVariables: {
            GITHUB_API_URL: 'https://api.github.example',
            GITHUB_GRAPHQL_URL: 'https://api.github.example/graphql',
          },
        },
      )
      expect(exitCode).toBe(0)
      expect(front.connects).toContain('api.github.example:443')
      expect(world.said()).toContain('`storage`')
    } finally {
      await front.close()
    }
  })
})

// If this fails, the plan of an older push looks like that of this one.
describe('input errors', () => {
  const wrong = { 'if-exists': 'maybe' }
  const noPlan = 'This run made no plan, because the inputs of the step have errors.'

  async function failure(inputs: Record<string, string>, step: Step = {}): Promise<string> {
    const before = world.workspace.requests.all.length
    const { exitCode, log } = await world.comment(inputs, step)
    expect([exitCode, log]).toEqual([1, expect.stringContaining('Stopped before the first request')])
    expect(world.workspace.requests.all).toHaveLength(before)
    return log
  }

  test('replace the plan in the comment, until the next plan replaces them', async () => {
    world.github.comment(BOT, plan)
    const log = await failure({ secrets: 'blob=fake-value\nother=' })
    expect(log).toContain('Comment         updated on pull request #7')
    expect(world.said()).toContain(noPlan)
    expect(world.said()).not.toMatch(/fake|blob|other=/)
    expect(world.said()).toMatch(/\[log of the run\]\(http.*\/actions\/runs\/\d+\)/)
    await world.comment()
    expect(world.said()).toBe(plan)
  })

  test('of a line of the config file are in a new comment', async () => {
    const workspace = await mkdtemp(path.join(tmpdir(), 'no-plan-'))
    try {
      await writeFile(
        path.join(workspace, 'targets.yml'),
        'version: 1\nscopes:\n  storage:\n    nothing: 1\n',
      )
      const log = await failure({ config: 'targets.yml', scope: '', secrets: '{"A": "fake"}' }, { workspace })
      expect(log).toContain('config, line 4')
      expect(world.said()).toContain(noPlan)
    } finally {
      await rm(workspace, { recursive: true })
    }
  })

  // The comment of the corrected run would be another one, or the token must not be sent.
  test.each<[string, Record<string, string>, Step]>([
    ['of github-token', { 'github-token': 'fake token' }, {}],
    ['for pull_request_target', wrong, { runnerVariables: { GITHUB_EVENT_NAME: 'pull_request_target' } }],
    ['for a fork', wrong, { event: pullRequest('somebody/repo') }],
    // __tests__/inputs/read-inputs has the other inputs.
  ])('%s are in no comment', async (_, inputs, step) => {
    await failure(inputs, step)
    expect(world.github.requests.all).toEqual([])
  })

  test('report a comment that cannot be written', async () => {
    const log = await failure({ ...wrong, 'github-token': 'fake-token-that-reads' })
    expect(log).toContain('The comment on pull request #7 could not be written.')
    expect(log.match(/Cause and fix/g)).toHaveLength(1)
  })
})

// A misspelled expression gives false. Then the identity that should only read must not be granted WRITE.
describe('a run for a pull request that is no dry run by mistake', () => {
  const written = { 'dry-run': 'false' }
  const guard =
    'This run is for a pull request, and dry-run is false. Set dry-run to true for pull requests, and do not grant'
  const warning =
    'This run is for a pull request, and dry-run is false: it writes, and pr-comment adds no comment.'
  const target: Step = { runnerVariables: { GITHUB_EVENT_NAME: 'pull_request_target' } }
  const push: Step = { runnerVariables: { GITHUB_EVENT_NAME: 'push' } }

  test('does not recommend to grant WRITE', async () => {
    world.workspace.store.createScope('readable', { acls: { 'ada@example.com': 'READ' } })
    const { exitCode, log, summary } = await world.comment({ ...written, scope: 'readable' })
    expect(exitCode).toBe(1)
    for (const text of [log, summary.replaceAll('\\', '')]) {
      expect(text).toContain(`${guard} WRITE or MANAGE to this principal`)
      expect(text).not.toMatch(/put-acl|Ask someone/)
    }
  })

  test('does not recommend it for a missing scope or for permissions either', async () => {
    const acls = { 'ada@example.com': 'WRITE' } as const
    world.workspace.store.createScope('writable', { acls })
    const log = (await world.comment({ ...written, scope: 'writable', permissions: 'data-team=READ' })).log
    expect(log).toMatch(/do not grant WRITE or MANAGE .*that needs MANAGE/)
    expect(log).not.toContain('put-acl')
    const remove = world.workspace.intercept(({ path: call }) =>
      call.endsWith('scopes/create') ? apiError(403, 'PERMISSION_DENIED', 'No.') : undefined,
    )
    const created = (await world.comment({ ...written, scope: 'other' })).log
    remove()
    expect(created).toContain(guard)
    expect(created).not.toContain('put-acl')
  })

  test.each([
    ['without CREATE SECRET', 'main.usable', { 'ada@example.com': ['USE_SCHEMA'] }],
    ['without any privilege', 'main.hidden', {}],
  ] as const)('does not recommend grants on a schema %s', async (_, schema, grants) => {
    world.workspace.catalogs.createSchema(schema, { grants })
    const { exitCode, log } = await world.comment({ ...written, scope: '', schema })
    expect(exitCode).toBe(1)
    expect(log).toContain(`${guard} CREATE SECRET or WRITE SECRET to this principal`)
    expect(log).not.toContain('GRANT')
  })

  test('still recommends it on a push, and in a dry run the permission to read', async () => {
    world.workspace.store.createScope('readable', { acls: { 'ada@example.com': 'READ' } })
    world.workspace.store.createScope('hidden', { acls: { 'grace@example.com': 'MANAGE' } })
    const pushed = (await world.comment({ ...written, scope: 'readable' }, push)).log
    expect(pushed).toContain('grant WRITE to the identity of this run')
    const planned = (await world.comment({ scope: 'hidden' })).log
    expect(planned).toContain('grant READ to the identity of this run')
    expect(pushed + planned).not.toContain(guard)
  })

  test('warns before it writes, also for pull_request_target', async () => {
    const { exitCode, log, annotations } = await world.comment(written, target)
    expect(exitCode).toBe(0)
    expect(annotations.map(({ level, message }) => [level, message])).toEqual([
      ['warning', expect.stringContaining(warning)],
    ])
    expect(log.indexOf(warning)).toBeLessThan(log.indexOf('Scope  '))
  })

  test.each<[string, Record<string, string>, Step]>([
    ['on a push', written, push],
    ['without pr-comment', { ...written, 'pr-comment': 'false' }, {}],
  ])('has no warning %s', async (_, inputs, step) => {
    const { exitCode, annotations } = await world.comment(inputs, step)
    expect([exitCode, annotations]).toEqual([0, []])
  })
})

describe('no comment and no error,', () => {
  // The same workflow runs on push.
  test.each<[string, Record<string, string>, Step]>([
    ['on a push', {}, { runnerVariables: { GITHUB_EVENT_NAME: 'push' } }],
    ['for pull_request_target', {}, { runnerVariables: { GITHUB_EVENT_NAME: 'pull_request_target' } }],
    ['without the event', {}, { runnerVariables: { GITHUB_EVENT_PATH: '/no/such/file' } }],
    ['of a run that writes', { 'dry-run': 'false' }, {}],
  ])('%s', async (_, inputs, step) => {
    const { exitCode, log } = await world.comment(inputs, { ...step, debug: true })
    expect(exitCode).toBe(0)
    // Without debug, it is not shown.
    const [why = '', ...others] = log.split('\n').filter((line) => /^Comment\b|No comment/.test(line))
    expect(why).toMatch(
      /^##\[debug\]No comment, because (?:this is not a dry run|the event |the runner does not )/,
    )
    expect(others).toEqual([])
    expect(world.github.requests.all).toEqual([])
  })

  test('without pr-comment', async () => {
    const { log } = await world.comment({ 'pr-comment': 'false', 'github-token': '' })
    expect(log).not.toContain('Comment')
    expect(world.github.requests.all).toEqual([])
  })
})

// GitHub does not mask requests to its API, and comments may be public.
test('no value is in a comment that names a scope like one', async () => {
  world.workspace.store.createScope('fake-name-of-a-scope')
  const step = await world.comment({ scope: 'fake-name-of-a-scope', secrets: 'a=fake-name-of-a-scope' })
  expect(step.exitCode).toBe(0)
  expect(world.said()).not.toContain('fake-name')
  expect(world.said()).toContain('***')
})
