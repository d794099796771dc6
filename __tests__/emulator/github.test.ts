/** OIDC tokens that a job gets from GitHub. */
import { expect, test } from '@jest/globals'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { hangUp } from '../../emulator/faults.js'
import { EmulatedGitHub, type GitHubOptions } from '../../emulator/github.js'
import { Clock, closing, send, type Answer } from './wire.js'

const SUBJECT = 'repo:octo-org/octo-repo:ref:refs/heads/main'

async function startGitHub(options: Partial<GitHubOptions> = {}): Promise<EmulatedGitHub> {
  return closing(await EmulatedGitHub.start({ subject: SUBJECT, ...options }))
}

/** Requests a token like a job. */
function ask(github: EmulatedGitHub, query = '', token?: string): Promise<Answer> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: own } = github.variables
  const headers = { authorization: `Bearer ${token ?? own}` }
  return send({ url: '' }, url + query, { headers })
}

const tokenOf = ({ body }: Answer): string => (body as { value: string }).value

// Otherwise no verifier would accept the token, or a policy could not distinguish jobs.
test('a job gets a token that its keys verify', async () => {
  const clock = new Clock()
  const github = await startGitHub({ clock: clock.now })
  const answer = await ask(github, `&audience=${encodeURIComponent('https://example.com/a?b&c')}`)
  expect(answer).toMatchObject({ status: 200, body: { count: tokenOf(answer).length } })
  const keys = createRemoteJWKSet(new URL(github.jwksUri))
  const { payload } = await jwtVerify(tokenOf(answer), keys, { currentDate: new Date(clock.now()) })
  const now = clock.now() / 1_000
  expect(payload).toMatchObject({
    iss: 'https://token.actions.githubusercontent.com',
    sub: SUBJECT,
    aud: 'https://example.com/a?b&c',
    iat: now,
    nbf: now,
    exp: now + 300,
    jti: expect.stringMatching(/./),
    repository: 'octo-org/octo-repo',
    repository_owner: 'octo-org',
  })
  expect(tokenOf(await ask(github))).not.toBe(tokenOf(await ask(github)))
})

test.each(['', '&audience='])('without an audience (%j) it is the owner', async (query) => {
  const github = await startGitHub({ repository: 'other-org/repo' })
  expect(decodeJwt(tokenOf(await ask(github, query)))).toMatchObject({
    aud: 'https://github.com/other-org',
    repository: 'other-org/repo',
  })
})

test('lifetime, issuer and request token can be set', async () => {
  const options = { lifetimeSeconds: 2, issuer: 'https://ghes.example.com/token', requestToken: 'fake-other' }
  const github = await startGitHub(options)
  expect(github.variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN).toBe('fake-other')
  expect(github.issuer).toBe(options.issuer)
  const { iss, iat = NaN, exp } = decodeJwt(tokenOf(await ask(github)))
  expect([iss, exp]).toEqual([options.issuer, iat + 2])
})

// Otherwise a client with a wrong or missing token would work here.
test('without the request token there is no token', async () => {
  const github = await startGitHub()
  expect((await ask(github, '', 'fake-wrong')).status).toBe(401)
  expect((await send(github, '/token?api-version=2.0')).status).toBe(401)
  expect(github.requests.at('/token').map(({ status }) => status)).toEqual([401, 401])
})

test('the keys contain no private key, and no other path exists', async () => {
  const github = await startGitHub()
  const { body } = await send(github, '/.well-known/jwks')
  expect((body as { keys: object[] }).keys).toHaveLength(1)
  expect((body as { keys: object[] }).keys[0]).not.toHaveProperty('d')
  expect((await send(github, '/')).status).toBe(404)
  const headers = { authorization: 'Bearer fake-request-token' }
  expect((await send(github, '/token', { method: 'POST', headers })).status).toBe(404)
})

// These JWTs are used to test attacks and mistakes.
test('other tokens can be signed, and a claim can be left out', async () => {
  const github = await startGitHub()
  const claims = decodeJwt(
    await github.sign({ iss: 'https://issuer.invalid', exp: 1, sub: undefined, own: 'x' }),
  )
  expect(claims).toMatchObject({ iss: 'https://issuer.invalid', exp: 1, own: 'x' })
  expect(claims).not.toHaveProperty('sub')
})

test('a second instance has another key', async () => {
  const [one, other] = [await startGitHub(), await startGitHub()]
  const keys = createRemoteJWKSet(new URL(one.jwksUri))
  await expect(jwtVerify(await other.sign(), keys)).rejects.toThrow('no applicable key')
})

test('requests can be intercepted', async () => {
  const github = await startGitHub()
  const remove = github.intercept(() => hangUp)
  await expect(ask(github)).rejects.toThrow('fetch failed')
  remove()
  expect((await ask(github)).status).toBe(200)
})
