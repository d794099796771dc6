/** Authentication with Microsoft Entra ID. */
import { expect, test } from '@jest/globals'
import { DATABRICKS_RESOURCE } from '../../emulator/entra.js'
import { hangUp } from '../../emulator/faults.js'
import { CLIENT, SECRET, signInTo, startEntra, startGitHub, SUBJECT, TENANT } from './sign-in.js'
import { Clock, postForm, send, type Answer } from './wire.js'

const AUDIENCE = 'api://AzureADTokenExchange'
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** A directory whose app trusts GitHub tokens, and a token request with these claims. */
async function startFederated(clock = new Clock()) {
  const github = await startGitHub(clock)
  const { issuer, jwksUri } = github
  const federatedCredentials = [
    { issuer, jwksUri, subject: 'repo:octo-org/other:ref:refs/heads/main', audience: AUDIENCE },
    { issuer, jwksUri, subject: SUBJECT, audience: AUDIENCE },
  ]
  const entra = await startEntra({ apps: [{ clientId: CLIENT, federatedCredentials }], clock: clock.now })
  const assert = (assertion: string, fields: Record<string, string | undefined> = {}): Promise<Answer> =>
    signInTo(entra, {
      client_secret: undefined,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...fields,
    })
  return { entra, github, assert }
}

// Version 1 returns its numbers as text. A client that expects numbers would find no lifetime.
test('a client secret gets a token, with numbers as text', async () => {
  const clock = new Clock()
  const answer = await signInTo(await startEntra({ clock: clock.now }))
  const now = clock.now() / 1_000
  expect(answer).toMatchObject({
    status: 200,
    body: {
      token_type: 'Bearer',
      expires_in: '3599',
      ext_expires_in: '3599',
      expires_on: String(now + 3_599),
      not_before: String(now - 300),
      resource: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d',
      access_token: expect.stringMatching(/^fake-entra-token-/),
    },
  })
})

// The most common errors: the app, its secret or the tenant is wrong.
test.each<[string, Record<string, string | undefined>, number, string, number]>([
  ['a wrong secret', { client_secret: 'fake-wrong' }, 401, 'invalid_client', 7000215],
  ['no credential', { client_secret: undefined }, 401, 'invalid_client', 7000218],
  ['an unknown app', { client_id: TENANT }, 400, 'unauthorized_client', 700016],
  ['no app', { client_id: undefined }, 400, 'invalid_request', 900144],
  ['no grant type', { grant_type: undefined }, 400, 'invalid_request', 900144],
  ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ['no resource', { resource: undefined }, 400, 'invalid_request', 900144],
  ['another resource', { resource: 'https://management.azure.com/' }, 400, 'invalid_resource', 500011],
])('%s is rejected', async (_, fields, status, error, number) => {
  const clock = new Clock()
  const entra = await startEntra({ clock: clock.now })
  expect(await signInTo(entra, fields)).toMatchObject({
    status,
    body: {
      error,
      error_description: expect.stringContaining(`AADSTS${number}: `),
      error_codes: [number],
      timestamp: '2026-01-31 12:00:00Z',
      trace_id: expect.stringMatching(UUID),
      correlation_id: expect.stringMatching(UUID),
    },
  })
  expect(entra.tokens.issued).toEqual([])
})

test('an unknown tenant is rejected', async () => {
  expect(await signInTo(await startEntra(), {}, CLIENT)).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', error_codes: [90002] },
  })
})

test('the error for a wrong secret is the known text, without the secret', async () => {
  const { body } = await signInTo(await startEntra(), { client_secret: 'fake-wrong' })
  const { error_description: text } = body as { error_description: string }
  expect(text).toMatch(/^AADSTS7000215: Invalid client secret provided\. .*Trace ID: /)
  expect(text).not.toContain('fake-')
})

test('an app without secrets accepts none', async () => {
  const entra = await startEntra({ apps: [{ clientId: CLIENT }] })
  expect(await signInTo(entra)).toMatchObject({ status: 401, body: { error_codes: [7000215] } })
})

test('a body that is no form has no parameters, and no other endpoint exists', async () => {
  const entra = await startEntra()
  const path = `/${TENANT}/oauth2/token`
  const body = JSON.stringify({
    grant_type: 'client_credentials',
    client_id: CLIENT,
    client_secret: SECRET,
    resource: DATABRICKS_RESOURCE,
  })
  const headers = { 'content-type': 'application/json' }
  expect(await send(entra, path, { method: 'POST', headers, body })).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', error_codes: [900144] },
  })
  expect((await send(entra, path)).status).toBe(404)
  expect((await postForm(entra, `/${TENANT}/oauth2/v2.0/token`, {})).status).toBe(404)
})

// Otherwise a job on Azure without a stored secret could not be tested.
test('a GitHub token works like a secret', async () => {
  const { entra, github, assert } = await startFederated()
  expect(await assert(await github.sign({ aud: AUDIENCE }))).toMatchObject({ status: 200 })
  expect(entra.tokens.issued).toMatchObject([{ holder: CLIENT }])
})

// The error must name the part of the federated credential that does not match.
test.each<[string, Record<string, unknown>, number, string]>([
  ['subject', { sub: 'repo:octo-org/octo-repo:pull_request' }, 700213, 'assertion subject'],
  ['issuer', { iss: 'https://issuer.invalid' }, 700211, 'assertion issuer'],
  ['audience', { aud: 'https://github.com/octo-org' }, 700212, 'assertion audience'],
  ['end', { exp: new Clock().now() / 1_000 }, 700024, 'valid time range'],
])('an assertion with another %s is rejected', async (_, claims, number, text) => {
  const { entra, github, assert } = await startFederated()
  const refused = await assert(await github.sign({ aud: AUDIENCE, ...claims }))
  expect(refused).toMatchObject({
    status: 401,
    body: {
      error: 'invalid_client',
      error_codes: [number],
      error_description: expect.stringContaining(text),
    },
  })
  expect(entra.tokens.issued).toEqual([])
})

test('an assertion of another issuer, or an invalid one, is rejected', async () => {
  const { assert } = await startFederated()
  const forger = await startGitHub()
  const forged = await assert(await forger.sign({ aud: AUDIENCE }))
  expect(forged).toMatchObject({ status: 401, body: { error: 'invalid_client', error_codes: [700027] } })
  expect(await assert('fake-no-jwt')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
})

test.each([undefined, 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer'])(
  'an assertion whose type is %s is an invalid request',
  async (type) => {
    const { github, assert } = await startFederated()
    const jwt = await github.sign({ aud: AUDIENCE })
    expect(await assert(jwt, { client_assertion_type: type })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
  },
)

test('requests can be intercepted', async () => {
  const entra = await startEntra()
  entra.intercept(() => hangUp)
  await expect(signInTo(entra)).rejects.toThrow('fetch failed')
  expect(entra.requests.at(`/${TENANT}/oauth2/token`)).toHaveLength(1)
})
