import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { apiError } from '../../emulator/reply.js'
import { TlsFront } from '../../emulator/tls-front.js'
import type { Step } from '../runner/step.js'
import { answerIn } from './failed-step.js'
import { BOT, pullRequest, PullRequestWorld } from './pull-request-world.js'

let world: PullRequestWorld

beforeEach(async () => {
  world = await PullRequestWorld.start()
})

afterEach(async () => {
  await world.close()
})

describe('a dry run for a pull request', () => {
  // Without a comment, a reviewer has to open the log of each run to see what a merge does.
  test('writes the summary as a comment, and nothing twice', async () => {
    const first = await world.comment()
    expect(first.exitCode).toBe(0)
    expect(first.log).toContain('Comment         created on pull request #7')
    expect(world.said()).toMatch(/^<!-- databricks-secrets-sync [\da-f]{32} -->\n### /)
    expect(world.said()).toContain(first.summary.trim())
    const second = await world.comment()
    expect(second.log).toContain('Comment         unchanged on pull request #7')
    expect(world.writes()).toBe(1)
  })

  test('updates its comment when the plan changes', async () => {
    await world.comment()
    const before = world.said()
    await world.comment({ host: `${world.workspace.url}/?o=1`, 'workspace-id': '' })
    expect(world.github.comments()).toHaveLength(2) // Another workspace.
    const [first] = world.github.comments()
    if (first !== undefined) first.body = before.replace('### ', '### An old plan ')
    const { log } = await world.comment()
    expect(log).toContain('Comment         updated on pull request #7')
    expect(world.github.comments().map(({ body }) => body)).toContain(before)
    expect(world.github.comments()).toHaveLength(2)
  })

  // A later run may crash, and then the comment stays.
  test('names the commit of its plan', async () => {
    const commit = '0123456789'.repeat(4)
    const event = structuredClone(pullRequest()) as { pull_request: { head: object } }
    Object.assign(event.pull_request.head, { sha: commit })
    await world.comment({}, { event })
    expect(world.said()).toMatch(new RegExp(`\\nFor commit ${commit}\\.$`))
  })

  test('does not update a comment that differs only in line ends', async () => {
    await world.comment()
    const [first] = world.github.comments()
    if (first !== undefined) first.body = first.body.replaceAll('\n', '\r\n') + '\r\n'
    expect((await world.comment()).log).toContain('Comment         unchanged')
  })

  // Two scopes with one comment would overwrite each other's plan in every run.
  test('has a comment for each scope, job and step', async () => {
    world.workspace.store.createScope('other')
    await world.comment()
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
    await world.comment()
    world.github.comment(BOT, world.said())
    world.github.comment('somebody', world.github.comments()[0]?.body ?? '')
    await world.comment()
    expect(world.github.comments().map(({ author }) => author)).toEqual([BOT, 'somebody'])
  })

  // If this fails, the step fails when somebody deletes the comment at the wrong moment.
  test('searches again for a comment that is deleted before it is updated', async () => {
    await world.comment()
    const [own] = world.github.comments()
    if (own !== undefined) own.body += '\nold'
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
    await world.comment()
    const body = `${world.said()}\n\nby somebody else`
    const [own] = world.github.comments()
    if (own !== undefined) own.body = `> ${own.body}` // The bot, too, quotes: another action.
    world.github.comment('somebody', body)
    const { exitCode } = await world.comment()
    expect(exitCode).toBe(0)
    expect(world.github.comments().map(({ author }) => author)).toEqual([BOT, 'somebody', BOT])
    expect(world.github.comments()[1]?.body).toBe(body)
  })

  test('recognizes its comment also with a token of another user', async () => {
    await world.comment()
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
    expect((await world.comment()).exitCode).toBe(0)
    expect((await world.comment()).log).toContain('Comment         unchanged')
  })

  test('works on an Enterprise Server', async () => {
    await world.close()
    world = await PullRequestWorld.start({ enterprise: true })
    expect((await world.comment()).exitCode).toBe(0)
    expect(world.said()).toContain('`storage`')
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
    await world.comment()
    const plan = world.said()
    const log = await failure({ secrets: 'blob=fake-value\nother=' })
    expect(log).toContain('Comment         updated on pull request #7')
    expect(world.said()).toContain(noPlan)
    expect(world.said()).not.toMatch(/fake|blob|other=/)
    expect(world.said()).toMatch(/\[log of the run\]\(http.*\/actions\/runs\/\d+\)/)
    await failure(wrong)
    await world.comment()
    expect(world.said()).toBe(plan)
  })

  test.each<[string, Record<string, string>]>([
    ['of the credentials', { token: '' }],
    ['of an unused name', { 'key-case': 'other' }],
    ['of dry-run', { 'dry-run': 'yes' }],
  ])('%s are in a new comment', async (_, inputs) => {
    await failure(inputs)
    expect(world.said()).toContain(noPlan)
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
    ['of pr-comment', { 'pr-comment': 'yes' }, {}],
    ['without pr-comment', { ...wrong, 'pr-comment': 'false' }, {}],
    ['of github-token', { 'github-token': 'fake token' }, {}],
    ['of an empty github-token', { 'github-token': '' }, {}],
    ['of the host', { host: 'ftp://workspace.example' }, {}],
    ['of the workspace id', { 'workspace-id': '1 2' }, {}],
    ['of the scope', { scope: '' }, {}],
    ['of the scope and the schema', { schema: 'main.storage' }, {}],
    ['of the path of the config file', { config: 'no-such.yml', scope: '', secrets: '' }, {}],
    ['of a run that writes', { ...wrong, 'dry-run': 'false' }, {}],
    ['without certificate checks', wrong, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } }],
    ['with an invalid proxy', wrong, { env: { https_proxy: 'proxy:3128' } }],
    ['on a push', wrong, { runnerVariables: { GITHUB_EVENT_NAME: 'push' } }],
    ['for pull_request_target', wrong, { runnerVariables: { GITHUB_EVENT_NAME: 'pull_request_target' } }],
    ['for a fork', wrong, { event: pullRequest('somebody/repo') }],
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

  test.each<[string, Step]>([
    ['pull_request', {}],
    ['pull_request_target', target],
  ])('%s: does not recommend to grant WRITE', async (_, step) => {
    world.workspace.store.createScope('readable', { acls: { 'ada@example.com': 'READ' } })
    const { exitCode, log, summary } = await world.comment({ ...written, scope: 'readable' }, step)
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
    answerIn(world.workspace, () => apiError(403, 'PERMISSION_DENIED', 'No.'), 'scopes/create')
    const created = (await world.comment({ ...written, scope: 'other' })).log
    expect(created).toContain(guard)
    expect(created).not.toContain('put-acl')
  })

  test.each([
    ['without CREATE SECRET', { 'ada@example.com': ['USE_SCHEMA'] }],
    ['without any privilege', {}],
  ] as const)('does not recommend grants on a schema %s', async (_, grants) => {
    world.workspace.catalogs.createSchema('main.storage', { grants })
    const { exitCode, log } = await world.comment({ ...written, scope: '', schema: 'main.storage' })
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

  test.each<[string, Step]>([
    ['pull_request', {}],
    ['pull_request_target', target],
  ])('%s: warns before it writes', async (_, step) => {
    const { exitCode, log, annotations } = await world.comment(written, step)
    expect(exitCode).toBe(0)
    expect(annotations.map(({ level, message }) => [level, message])).toEqual([
      ['warning', expect.stringContaining(warning)],
    ])
    expect(log.indexOf(warning)).toBeLessThan(log.indexOf('Scope  '))
  })

  test.each<[string, Record<string, string>, Step]>([
    ['on a push', written, push],
    ['in a dry run', {}, {}],
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
    const { exitCode, log } = await world.comment(inputs, step)
    expect(exitCode).toBe(0)
    expect(log).not.toMatch(/^Comment\b|No comment/m)
    const { log: debugged } = await world.comment(inputs, { ...step, debug: true })
    expect(debugged).toMatch(
      /^##\[debug\]No comment, because (?:this is not a dry run|the event |the runner does not )/m,
    )
    expect(world.github.requests.all).toEqual([])
  })

  test('without pr-comment', async () => {
    const { log } = await world.comment({ 'pr-comment': 'false', 'github-token': '' })
    expect(log).not.toContain('Comment')
    expect(world.github.requests.all).toEqual([])
  })
})

describe('no value is in a comment', () => {
  // GitHub does not mask requests to its API, and comments may be public.
  test('that names a scope like one', async () => {
    world.workspace.store.createScope('fake-name-of-a-scope')
    const step = await world.comment({ scope: 'fake-name-of-a-scope', secrets: 'a=fake-name-of-a-scope' })
    expect(step.exitCode).toBe(0)
    expect(world.said()).not.toContain('fake-name')
    expect(world.said()).toContain('***')
  })

  test('nor a credential', async () => {
    await world.comment()
    expect(JSON.stringify(world.github.comments())).not.toMatch(/ghs_|fake-token/)
  })
})
