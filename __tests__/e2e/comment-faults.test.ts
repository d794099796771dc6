import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { hangUp, type Fault } from '../../emulator/faults.js'
import { plainJson, redirect, type Reply } from '../../emulator/reply.js'
import { pullRequest, PullRequestWorld } from './pull-request-world.js'
import { everythingSaid, HURRIED } from './sync-step.js'

let world: PullRequestWorld

beforeEach(async () => {
  world = await PullRequestWorld.start()
})

afterEach(async () => {
  await world.close()
})

describe('a comment that cannot be written makes the step fail, and the error says what to do:', () => {
  test.each([
    ['without the permission', 'fake-token-that-reads', '(FORBIDDEN, HTTP 200)', 'pull-requests: write'],
    ['with a token that has expired', 'fake-token-nobody-knows', '(HTTP 401)', 'Check github-token'],
    [
      'of another repository',
      'fake-token-of-a-stranger',
      '(NOT_FOUND, HTTP 200)',
      'can read this repository',
    ],
  ])('%s', async (_, token, what, advice) => {
    const step = await world.comment({ 'github-token': token })
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
    const { exitCode, log } = await world.comment({ 'github-token': '' })
    expect(exitCode).toBe(1)
    expect(log).toContain('github-token: not set, but pr-comment requires it')
    expect(world.workspace.requests.all).toEqual([])
  })

  // The error messages of Octokit contain the request with the token.
  test('no message of GitHub is shown', async () => {
    world.github.intercept(({ headers, rawBody }) =>
      plainJson(422, { message: `${headers.authorization} ${rawBody.toString()}`, errors: ['fake-echo'] }),
    )
    const step = await world.comment({}, { debug: true })
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('GitHub refused it (HTTP 422)')
    expect(everythingSaid(step)).not.toMatch(/ghs_|fake-echo|viewerDidAuthor/)
  })

  // The token would be sent to the address of the redirect.
  test('a redirect is not followed', async () => {
    world.github.intercept(({ path }) =>
      path === '/graphql' ? redirect(`${world.github.url}/other`, 307) : undefined,
    )
    const { exitCode, log } = await world.comment()
    expect(exitCode).toBe(1)
    expect(log).toContain('GitHub refused it (HTTP 307)')
    expect(world.github.requests.all).toHaveLength(1)
  })
})

describe('a transient error of GitHub', () => {
  // Otherwise, a check would fail without a problem in the pull request.
  test.each<[string, (() => Reply | Fault)[]]>([
    [
      'a status of a gateway, a cut connection, a refusal of who asks too often',
      [
        () => plainJson(502, { message: 'Server Error' }),
        () => hangUp,
        () => plainJson(403, { message: 'No.' }, { 'retry-after': '1' }),
      ],
    ],
    [
      'a secondary rate limit without a time, a query that took too long, a deprecation',
      [
        () =>
          plainJson(403, { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' }),
        () => plainJson(200, { data: null, errors: [{ message: 'Sorry.' }] }),
        () => plainJson(503, {}, { deprecation: 'true', sunset: 'today' }),
      ],
    ],
  ])('is retried: %s', async (_, answers) => {
    let asked = 0
    world.github.intercept(() => answers[asked++]?.())
    const { exitCode } = await world.comment({}, HURRIED)
    expect(exitCode).toBe(0)
    // Each of them, and the three requests of a run without them.
    expect(asked).toBe(6)
    expect(world.said()).toContain('`storage`')
  })

  test('that hides an existing comment does not create a second one', async () => {
    let lost = false
    world.github.intercept(({ rawBody }, perform) => {
      if (lost || !rawBody.includes('addComment')) return undefined
      lost = true
      perform()
      return plainJson(502, {})
    })
    const { log } = await world.comment({}, HURRIED)
    expect(log).toContain('Comment         unchanged')
    expect(world.said()).toContain('`storage`')
  })

  test('that continues makes the step fail in the end', async () => {
    world.github.intercept(() => plainJson(502, {}))
    const { exitCode, log } = await world.comment({}, HURRIED)
    expect(exitCode).toBe(1)
    expect(log).toContain('GitHub refused it (HTTP 502). This is temporary')
    expect(world.github.requests.all).toHaveLength(4)
  })

  // If this fails, the error for a rate limit names a permission that the job already has.
  test.each(['owner/repo', 'somebody/repo'])(
    'that is a rate limit is not a missing permission (%s)',
    async (from) => {
      world.github.intercept(() => plainJson(403, { message: 'No.' }, { 'retry-after': '1' }))
      const { exitCode, log } = await world.comment({}, { ...HURRIED, event: pullRequest(from) })
      expect([exitCode, log]).toEqual([1, expect.stringContaining('(HTTP 403). This is temporary')])
      expect(log).not.toMatch(/pull-requests: write|only reads/)
    },
  )

  test('is not retried if GitHub asks to wait for an hour', async () => {
    world.github.intercept(() => plainJson(429, {}, { 'retry-after': '3600' }))
    expect((await world.comment({}, HURRIED)).exitCode).toBe(1)
    expect(world.github.requests.all).toHaveLength(1)
  })

  test('of an unreachable GitHub is reported as such', async () => {
    const gone = { GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql', GITHUB_API_URL: 'http://127.0.0.1:9' }
    const { exitCode, log } = await world.comment({}, { ...HURRIED, runnerVariables: gone })
    expect(exitCode).toBe(1)
    expect(log).toContain('GitHub did not answer.')
  })
})
