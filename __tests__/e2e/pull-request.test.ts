import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { hangUp } from '../../emulator/faults.js'
import { EmulatedGitHubApi, type GitHubApiOptions } from '../../emulator/github-api.js'
import { plainJson, redirect } from '../../emulator/reply.js'
import { TlsFront } from '../../emulator/tls-front.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { FAKE_GITHUB_TOKEN } from '../runner/environment.js'
import type { Step, StepResult } from '../runner/step.js'
import { everythingSaid, HURRIED, syncTo } from './sync-step.js'

const BOT = 'github-actions[bot]'
const accounts = {
  [FAKE_GITHUB_TOKEN]: { login: BOT, access: 'write' },
  'fake-token-of-a-person': { login: 'octocat', access: 'write' },
  'fake-token-that-reads': { login: 'reader', access: 'read' },
  'fake-token-of-a-stranger': { login: 'stranger', access: 'none' },
} as const

let workspace: EmulatedWorkspace
let github: EmulatedGitHubApi

async function startGitHub(options: Partial<GitHubApiOptions> = {}): Promise<void> {
  github = await EmulatedGitHubApi.start({ accounts, ...options })
}

beforeEach(async () => {
  workspace = await EmulatedWorkspace.start()
  workspace.store.createScope('storage')
  await startGitHub()
})

afterEach(async () => {
  await Promise.all([workspace.close(), github.close()])
})

/** The event as GitHub describes it, for a branch of this repository. */
function pullRequest(from: string | null = 'owner/repo', number = 7): object {
  const repo = (name: string | null): object => ({ repo: name === null ? null : { full_name: name } })
  return { number, pull_request: { number, head: repo(from), base: repo('owner/repo') } }
}

/** Runs a dry run that wants a comment, for a pull request of this repository. */
async function comment(inputs: Record<string, string> = {}, step: Step = {}): Promise<StepResult> {
  return await syncTo(
    workspace,
    { 'dry-run': 'true', 'pr-comment': 'true', ...inputs },
    {
      event: pullRequest(),
      ...step,
      runnerVariables: { GITHUB_EVENT_NAME: 'pull_request', ...github.variables, ...step.runnerVariables },
    },
  )
}

/** What the one comment of the bot says. */
function said(): string {
  const own = github.comments().filter(({ author }) => author === BOT)
  expect(own).toHaveLength(1)
  return own[0]?.body ?? ''
}

/** How often GitHub was asked to write. */
function writes(): number {
  return github.requests.all.filter(({ rawBody }) => rawBody.includes('mutation')).length
}

describe('a dry run for a pull request', () => {
  // A reviewer would have to open the log of each run to see what a merge does.
  test('comments what it says in the summary, and nothing twice', async () => {
    const first = await comment()
    expect(first.exitCode).toBe(0)
    expect(first.log).toContain('Comment    created on pull request #7')
    expect(said()).toMatch(/^<!-- databricks-secrets-sync [\da-f]{32} -->\n### /)
    expect(said()).toContain(first.summary.trim())
    const second = await comment()
    expect(second.log).toContain('Comment    unchanged on pull request #7')
    expect(writes()).toBe(1)
  })

  test('changes its comment when there is something else to say', async () => {
    await comment()
    const before = said()
    await comment({ host: `${workspace.url}/?o=1`, 'workspace-id': '' })
    expect(github.comments()).toHaveLength(2) // Another workspace.
    const [first] = github.comments()
    if (first !== undefined) first.body = before.replace('### ', '### An old plan ')
    const { log } = await comment()
    expect(log).toContain('Comment    updated on pull request #7')
    expect(github.comments().map(({ body }) => body)).toContain(before)
    expect(github.comments()).toHaveLength(2)
  })

  test('leaves a comment alone that GitHub has with other line ends', async () => {
    await comment()
    const [first] = github.comments()
    if (first !== undefined) first.body = first.body.replaceAll('\n', '\r\n') + '\r\n'
    expect((await comment()).log).toContain('Comment    unchanged')
  })

  // Two scopes that share a comment overwrite each other's plan with every run.
  test('has a comment for each scope, job and step', async () => {
    workspace.store.createScope('other')
    await comment()
    await comment({ scope: 'other' })
    await comment({}, { runnerVariables: { GITHUB_JOB: 'other' } })
    await comment({}, { runnerVariables: { GITHUB_ACTION: '__owner_databricks-secrets-sync_2' } })
    await comment({ scope: 'Storage' })
    expect(github.comments()).toHaveLength(4)
  })

  // Whoever may comment could have the action overwrite a comment of somebody else, or never write its own.
  test('touches no comment of others, whatever it begins with', async () => {
    await comment()
    const body = `${said()}\n\nby somebody else`
    const [own] = github.comments()
    if (own !== undefined) own.body = `> ${own.body}` // The bot, too, quotes: another action.
    github.comment('somebody', body)
    const { exitCode } = await comment()
    expect(exitCode).toBe(0)
    expect(github.comments().map(({ author }) => author)).toEqual([BOT, 'somebody', BOT])
    expect(github.comments()[1]?.body).toBe(body)
  })

  test('knows its comment with a token of somebody else, too', async () => {
    await comment()
    const inputs = { 'github-token': 'fake-token-of-a-person' }
    await comment(inputs)
    expect((await comment(inputs)).log).toContain('Comment    unchanged')
    expect(github.comments().map(({ author }) => author)).toEqual([BOT, 'octocat'])
  })

  // A busy pull request would get a new comment with each run.
  test('finds its comment among hundreds', async () => {
    for (let index = 0; index < 150; index++) github.comment('somebody', `comment ${index}`)
    await comment()
    for (let index = 0; index < 150; index++) github.comment('somebody', `comment ${index}`)
    await comment()
    expect(github.comments()).toHaveLength(301)
    expect(writes()).toBe(1)
  })

  test('works on an Enterprise Server', async () => {
    await github.close()
    await startGitHub({ enterprise: true })
    expect((await comment()).exitCode).toBe(0)
    expect(said()).toContain('`storage`')
  })

  test('goes through the proxy of the runner', async () => {
    const front = await TlsFront.start({ 'api.github.example': github.url })
    try {
      const { exitCode } = await comment(
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
      expect(said()).toContain('`storage`')
    } finally {
      await front.close()
    }
  })
})

describe('no comment, and no fault,', () => {
  // The same workflow runs on push.
  test.each<[string, Record<string, string>, Step]>([
    ['on a push', {}, { runnerVariables: { GITHUB_EVENT_NAME: 'push' } }],
    ['for pull_request_target', {}, { runnerVariables: { GITHUB_EVENT_NAME: 'pull_request_target' } }],
    ['without the event', {}, { runnerVariables: { GITHUB_EVENT_PATH: '/no/such/file' } }],
    ['of a run that writes', { 'dry-run': 'false' }, {}],
  ])('%s', async (_, inputs, step) => {
    const { exitCode, log } = await comment(inputs, step)
    expect(exitCode).toBe(0)
    expect(log).toContain('Comment    none, since ')
    expect(github.requests.all).toEqual([])
  })

  test('where none is wanted', async () => {
    const { log } = await comment({ 'pr-comment': 'false', 'github-token': '' })
    expect(log).not.toContain('Comment')
    expect(github.requests.all).toEqual([])
  })
})

describe('a comment that cannot be written makes the step red, and says what to do:', () => {
  test.each([
    ['without the permission', 'fake-token-that-reads', '(FORBIDDEN, HTTP 200)', 'pull-requests: write'],
    ['with a token that has expired', 'fake-token-nobody-knows', '(HTTP 401)', 'Check github-token'],
    [
      'of another repository',
      'fake-token-of-a-stranger',
      '(NOT_FOUND, HTTP 200)',
      'may read this repository',
    ],
  ])('%s', async (_, token, what, advice) => {
    const step = await comment({ 'github-token': token })
    expect(step.exitCode).toBe(1)
    const [message] = step.annotations.map((each) => each.message)
    expect(message).toContain(
      `The comment on pull request #7 could not be written. GitHub refused it ${what}`,
    )
    expect(message).toContain(advice)
    expect(step.summary).toContain('`storage`')
    expect(everythingSaid(step)).not.toContain(token)
  })

  test('without a token', async () => {
    const { exitCode, log } = await comment({ 'github-token': '' })
    expect(exitCode).toBe(1)
    expect(log).toContain('github-token: not set, and pr-comment needs it')
    expect(workspace.requests.all).toEqual([])
  })

  // What Octokit says of an error holds the request, the token too.
  test('none of the words of GitHub is told', async () => {
    github.intercept(({ headers, rawBody }) =>
      plainJson(422, { message: `${headers.authorization} ${rawBody.toString()}`, errors: ['fake-echo'] }),
    )
    const step = await comment({}, { debug: true })
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('GitHub refused it (HTTP 422)')
    expect(everythingSaid(step)).not.toMatch(/ghs_|fake-echo|viewerDidAuthor/)
  })

  // The token would go where the redirect points.
  test('a redirect is not followed', async () => {
    github.intercept(({ path }) => (path === '/graphql' ? redirect(`${github.url}/other`, 307) : undefined))
    const { exitCode, log } = await comment()
    expect(exitCode).toBe(1)
    expect(log).toContain('GitHub refused it (HTTP 307)')
    expect(github.requests.all).toHaveLength(1)
  })
})

describe('a passing fault of GitHub', () => {
  // A red check on a pull request that is fine.
  test.each([
    ['a status of a gateway', () => plainJson(502, { message: 'Server Error' })],
    ['a cut connection', () => hangUp],
    ['a refusal of who asks too often', () => plainJson(403, { message: 'No.' }, { 'retry-after': '1' })],
    ['a query that took too long', () => plainJson(200, { data: null, errors: [{ message: 'Sorry.' }] })],
    ['a deprecation', () => plainJson(503, {}, { deprecation: 'true', sunset: 'today' })],
  ])('is met again: %s', async (_, answer) => {
    let asked = 0
    github.intercept(() => (++asked <= 2 ? answer() : undefined))
    const { exitCode } = await comment({}, HURRIED)
    expect(exitCode).toBe(0)
    expect(said()).toContain('`storage`')
  })

  test('that hides a comment which is there makes no second one', async () => {
    let lost = false
    github.intercept(({ rawBody }, perform) => {
      if (lost || !rawBody.includes('addComment')) return undefined
      lost = true
      perform()
      return plainJson(502, {})
    })
    const { log } = await comment({}, HURRIED)
    expect(log).toContain('Comment    unchanged')
    expect(said()).toContain('`storage`')
  })

  test('that stays makes the step red in the end', async () => {
    github.intercept(() => plainJson(502, {}))
    const { exitCode, log } = await comment({}, HURRIED)
    expect(exitCode).toBe(1)
    expect(log).toContain('GitHub refused it (HTTP 502). This is temporary')
    expect(github.requests.all).toHaveLength(4)
  })

  test('is not waited for when GitHub wants an hour', async () => {
    github.intercept(() => plainJson(429, {}, { 'retry-after': '3600' }))
    expect((await comment({}, HURRIED)).exitCode).toBe(1)
    expect(github.requests.all).toHaveLength(1)
  })

  test('of a GitHub that is not there is told as such', async () => {
    const gone = { GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql', GITHUB_API_URL: 'http://127.0.0.1:9' }
    const { exitCode, log } = await comment({}, { ...HURRIED, runnerVariables: gone })
    expect(exitCode).toBe(1)
    expect(log).toContain('GitHub did not answer.')
  })
})

describe('no value is in a comment', () => {
  // GitHub masks nothing of what its API is sent, and everybody may read it.
  test('that names a scope like one', async () => {
    workspace.store.createScope('fake-name-of-a-scope')
    const step = await comment({ scope: 'fake-name-of-a-scope', secrets: 'a=fake-name-of-a-scope' })
    expect(step.exitCode).toBe(0)
    expect(said()).not.toContain('fake-name')
    expect(said()).toContain('***')
  })

  test('nor a credential', async () => {
    await comment()
    expect(JSON.stringify(github.comments())).not.toMatch(/ghs_|fake-token/)
  })
})

describe('where GitHub keeps the secrets,', () => {
  const nothing = { token: '', secrets: '{"github_token": "fake-github-token"}' }
  const fork: Step = { event: pullRequest('somebody/repo') }
  const dependabot: Step = { runnerVariables: { GITHUB_ACTOR: 'dependabot[bot]' } }

  // Every contribution would have a red check that nobody can do anything about.
  test.each<[string, Record<string, string>, Step, string]>([
    ['a fork', nothing, fork, 'The pull request is from a fork'],
    ['Dependabot', nothing, dependabot, 'Dependabot has started this run'],
    ['a fork, with lines', { token: '', secrets: 'a=\nb:=null' }, fork, 'from a fork'],
    ['a fork, with the credential', { secrets: 'a=' }, fork, 'from a fork'],
    ['a fork, with the values', { token: '' }, fork, 'from a fork'],
    ['a fork, with variables', { ...nothing, host: '', scope: '' }, fork, 'from a fork'],
    ['a fork that is gone', nothing, { event: pullRequest(null) }, 'from a fork'],
    ['a fork, with OpenID Connect', { ...nothing, 'auth-type': 'github-oidc' }, fork, 'from a fork'],
    ['a fork, with a token of its own', { ...nothing, 'github-token': '' }, fork, 'from a fork'],
  ])('a dry run of %s is green and says so', async (_, inputs, step, message) => {
    const { exitCode, annotations, summary, outputs } = await comment(inputs, step)
    expect(annotations).toEqual([
      expect.objectContaining({ level: 'notice', message: expect.stringContaining(message) }),
    ])
    expect(exitCode).toBe(0)
    expect(summary).toContain(message)
    expect(outputs).toMatchObject({ changed: 'false', created: '[]', 'scope-created': 'false' })
    expect([...workspace.requests.all, ...github.requests.all]).toEqual([])
  })

  // A green check where somebody has made a mistake.
  test.each<[string, Record<string, string>, Step]>([
    ['a run that writes', { ...nothing, 'dry-run': 'false' }, fork],
    ['a branch of the repository', nothing, {}],
    ['a push', nothing, { ...fork, runnerVariables: { GITHUB_EVENT_NAME: 'push' } }],
    ['a fork with another fault', { ...nothing, 'create-scope': 'maybe' }, fork],
    ['a fork with a bad line', { token: '', secrets: 'a=\nnonsense' }, fork],
    ['a fork with a bad host', { ...nothing, host: 'http://example.com' }, fork],
    ['a fork with a bad way to sign in', { ...nothing, 'auth-type': 'nonsense' }, fork],
    ['a fork with the way of another cloud', { ...nothing, 'auth-type': 'azure-cli' }, fork],
    ['a fork with a wrong variable', { token: '', secrets: '', 'secret-envs': 'a=NO_SUCH' }, fork],
  ])('%s stays red', async (_, inputs, step) => {
    const { exitCode, annotations } = await comment(inputs, step)
    expect(exitCode).toBe(1)
    expect(annotations.some(({ level }) => level === 'error')).toBe(true)
    expect([...workspace.requests.all, ...github.requests.all]).toEqual([])
  })

  test('but not the credential, the plan is there without a comment', async () => {
    const step = await comment({ 'github-token': 'fake-token-that-reads' }, fork)
    expect(step.exitCode).toBe(0)
    expect(step.annotations.map(({ level }) => level)).toEqual(['notice'])
    expect(step.log).toContain('The plan is not in a comment')
    expect(step.summary).toContain('`storage`')
  })
})
