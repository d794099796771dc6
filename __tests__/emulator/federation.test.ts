/** Authentication with the JWT of another issuer. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import type { JSONWebKeySet } from 'jose'
import type { EmulatedGitHub } from '../../emulator/github.js'
import { DEFAULT_ACCOUNT_ID } from '../../emulator/oidc.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { CLIENT, exchange, refusedFor, startGitHub, SUBJECT } from './sign-in.js'
import { Clock, listWith, send, start } from './wire.js'

const OTHER = '00000000-0000-4000-8000-00000000ab02'
const AUDIENCE = 'https://example.com/audience'

const AUDIENCES = ['https://example.com/other', AUDIENCE]

const policyOf = ({ issuer, jwksUri }: EmulatedGitHub) => ({
  issuer,
  jwksUri,
  audiences: AUDIENCES,
  subject: SUBJECT,
})

async function startBoth(clock = new Clock()): Promise<[EmulatedWorkspace, EmulatedGitHub]> {
  const github = await startGitHub(clock)
  const servicePrincipals = [
    { applicationId: CLIENT, policies: [policyOf(github)] },
    { applicationId: OTHER },
  ]
  return [await start({ servicePrincipals, clock: clock.now }), github]
}

// Otherwise a job without a stored secret could not be tested.
test('a GitHub token gets an access token of the service principal', async () => {
  const [workspace, github] = await startBoth()
  const answer = await exchange(workspace, await github.sign({ aud: AUDIENCE }))
  expect(answer).toMatchObject({
    status: 200,
    body: {
      access_token: expect.stringMatching(/^fake-access-token-/),
      token_type: 'Bearer',
      scope: 'all-apis',
    },
  })
  expect((await listWith(workspace, answer)).status).toBe(200)
  expect(workspace.tokens.issued).toMatchObject([{ holder: CLIENT }])
})

// Otherwise no test would show that a long run needs new tokens.
test('it expires at the latest with the exchanged token', async () => {
  const clock = new Clock()
  const [workspace, github] = await startBoth(clock)
  const jwt = await github.sign({ aud: AUDIENCE })
  clock.pass(2)
  const answer = await exchange(workspace, jwt)
  expect(answer.body).toMatchObject({ expires_in: 298 })
  clock.pass(297)
  expect((await listWith(workspace, answer)).status).toBe(200)
  clock.pass(1)
  expect((await listWith(workspace, answer)).status).toBe(401)
  expect(await exchange(workspace, jwt)).toMatchObject(refusedFor('expiry'))
})

test('it expires at the latest after the lifetime of an access token', async () => {
  const github = await startGitHub()
  const servicePrincipals = [{ applicationId: CLIENT, policies: [policyOf(github)] }]
  const clock = new Clock()
  const workspace = await start({ servicePrincipals, clock: clock.now, accessTokenSeconds: 60 })
  const answer = await exchange(workspace, await github.sign({ aud: AUDIENCE }))
  expect(answer.body).toMatchObject({ expires_in: 60 })
})

// Otherwise a JWT that Databricks rejects would work here and fail in production.
test.each<[string, Record<string, unknown>, string]>([
  ['another issuer', { iss: 'https://issuer.invalid' }, 'issuer'],
  ['no issuer', { iss: undefined }, 'issuer'],
  ['another audience', { aud: 'https://github.com/octo-org' }, 'audience'],
  ['no audience', { aud: undefined }, 'audience'],
  ['another branch', { sub: 'repo:octo-org/octo-repo:ref:refs/heads/other' }, 'subject'],
  ['a subject that only begins so', { sub: `${SUBJECT}-2` }, 'subject'],
  ['no subject', { sub: undefined }, 'subject'],
  ['an end that is now', { exp: new Clock().now() / 1_000 }, 'expiry'],
  ['no end', { exp: undefined }, 'expiry'],
  ['a beginning to come', { nbf: new Clock().now() / 1_000 + 1 }, 'expiry'],
])('a token of %s is rejected', async (_, claims, flaw) => {
  const [workspace, github] = await startBoth()
  const jwt = await github.sign({ aud: AUDIENCE, ...claims })
  expect(await exchange(workspace, jwt)).toMatchObject(refusedFor(flaw))
  expect(workspace.tokens.issued).toEqual([])
})

test('a token that another issuer signed is rejected', async () => {
  const [workspace] = await startBoth()
  const forger = await startGitHub()
  expect(await exchange(workspace, await forger.sign({ aud: AUDIENCE }))).toMatchObject(
    refusedFor('signature'),
  )
})

test('a changed or unsigned token is rejected', async () => {
  const [workspace, github] = await startBoth()
  const [head = '', , signature = ''] = (await github.sign({ aud: AUDIENCE })).split('.')
  const [, claims = ''] = (await github.sign({ aud: AUDIENCE, jti: 'another' })).split('.')
  expect(await exchange(workspace, [head, claims, signature].join('.'))).toMatchObject(
    refusedFor('signature'),
  )
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  expect(await exchange(workspace, [none, claims, ''].join('.'))).toMatchObject(refusedFor('signature'))
})

test.each(['fake-no-jwt', 'a.b.c'])('%s is no token', async (jwt) => {
  const [workspace] = await startBoth()
  expect(await exchange(workspace, jwt)).toMatchObject(refusedFor('form'))
})

// Otherwise requests without required fields would work here.
test.each<[string, Record<string, string | undefined>, number, string]>([
  ['no subject_token', { subject_token: undefined }, 400, 'invalid_request'],
  ['no subject_token_type', { subject_token_type: undefined }, 400, 'invalid_request'],
  [
    'another subject_token_type',
    { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    400,
    'invalid_request',
  ],
  ['no scope', { scope: undefined }, 400, 'invalid_scope'],
  ['an unknown client', { client_id: '00000000-0000-4000-8000-0000000000ff' }, 401, 'invalid_client'],
  ['a client without policies', { client_id: OTHER }, 400, 'invalid_grant'],
  ['no client, and no policy of the account', { client_id: undefined }, 400, 'invalid_grant'],
])('%s is rejected', async (_, fields, status, error) => {
  const [workspace, github] = await startBoth()
  const jwt = await github.sign({ aud: AUDIENCE })
  expect(await exchange(workspace, jwt, fields)).toMatchObject({ status, body: { error } })
})

// This is the audience of a policy without its own.
test.each([[undefined], [[]]])('a policy with audiences %j expects the account id', async (audiences) => {
  const clock = new Clock()
  const github = await startGitHub(clock)
  const { issuer, jwksUri } = github
  const policy = { issuer, jwksUri, subject: SUBJECT, ...(audiences === undefined ? {} : { audiences }) }
  const servicePrincipals = [{ applicationId: CLIENT, policies: [policy] }]
  const workspace = await start({ servicePrincipals, clock: clock.now })
  expect((await exchange(workspace, await github.sign({ aud: DEFAULT_ACCOUNT_ID }))).status).toBe(200)
  expect(await exchange(workspace, await github.sign({ aud: AUDIENCE }))).toMatchObject(
    refusedFor('audience'),
  )
})

test('a policy may use another claim for its subject', async () => {
  const clock = new Clock()
  const github = await startGitHub(clock)
  const policy = { ...policyOf(github), subjectClaim: 'repository', subject: 'octo-org/octo-repo' }
  const workspace = await start({
    servicePrincipals: [{ applicationId: CLIENT, policies: [policy] }],
    clock: clock.now,
  })
  const claims = { aud: AUDIENCE, sub: 'anything' }
  expect((await exchange(workspace, await github.sign(claims))).status).toBe(200)
  const other = await github.sign({ ...claims, repository: 'octo-org/other' })
  expect(await exchange(workspace, other)).toMatchObject(refusedFor('subject'))
})

test('one of several policies is enough, and the error is that of the closest one', async () => {
  const clock = new Clock()
  const [github, second] = [await startGitHub(clock), await startGitHub(clock)]
  const policies = [
    { ...policyOf(second), subject: 'repo:octo-org/second:ref:refs/heads/main' },
    { ...policyOf(github), audiences: ['https://example.com/never'] },
    policyOf(github),
    { ...policyOf(github), audiences: ['https://example.com/nor-ever'] },
  ]
  const servicePrincipals = [{ applicationId: CLIENT, policies }]
  const workspace = await start({ servicePrincipals, clock: clock.now })
  expect((await exchange(workspace, await github.sign({ aud: AUDIENCE }))).status).toBe(200)
  const jwt = await github.sign({ aud: AUDIENCE, sub: 'repo:octo-org/third' })
  expect(await exchange(workspace, jwt)).toMatchObject(refusedFor('subject'))
})

test('a policy can contain the keys', async () => {
  const clock = new Clock()
  const [github, forger] = [await startGitHub(clock), await startGitHub(clock)]
  const jwks = (await send(github, '/.well-known/jwks')).body as JSONWebKeySet
  const policy = { issuer: github.issuer, jwks, audiences: AUDIENCES, subject: SUBJECT }
  const workspace = await start({
    servicePrincipals: [{ applicationId: CLIENT, policies: [policy] }],
    clock: clock.now,
  })
  expect((await exchange(workspace, await github.sign({ aud: AUDIENCE }))).status).toBe(200)
  const forged = await forger.sign({ aud: AUDIENCE })
  expect(await exchange(workspace, forged)).toMatchObject(refusedFor('signature'))
})

// Otherwise a test that closed its issuer would report an error of the token.
test('keys that cannot be fetched are an error of the test, not of the token', async () => {
  const gone: Server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => gone.once('listening', resolve))
  const { port } = gone.address() as AddressInfo
  await new Promise((resolve) => gone.close(resolve))
  const clock = new Clock()
  const github = await startGitHub(clock)
  const policy = { ...policyOf(github), jwksUri: `http://127.0.0.1:${port}/jwks` }
  const workspace = await EmulatedWorkspace.start({
    servicePrincipals: [{ applicationId: CLIENT, policies: [policy] }],
    clock: clock.now,
  })
  const { status } = await exchange(workspace, await github.sign({ aud: AUDIENCE }))
  await expect(workspace.close()).rejects.toThrow('Requests failed in the emulator')
  expect(status).toBe(500)
})
