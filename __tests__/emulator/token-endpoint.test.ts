/** Authentication with a client secret, and the rules of the token endpoint. */
import { expect, test } from '@jest/globals'
import { hangUp } from '../../emulator/faults.js'
import type { EmulatedWorkspace, WorkspaceOptions } from '../../emulator/workspace.js'
import { basic, Clock, listWith, postForm, posting, send, start, type Answer } from './wire.js'

const TOKEN = '/oidc/v1/token'
const CLIENT = '00000000-0000-4000-8000-00000000ab01'
const SECRET = 'fake-client-secret'
const FIELDS = { grant_type: 'client_credentials', scope: 'all-apis' }

function startWithClient(options: WorkspaceOptions = {}): Promise<EmulatedWorkspace> {
  const servicePrincipals = [
    { applicationId: CLIENT, clientSecrets: ['fake-old-secret', SECRET], groups: ['data-team'] },
    { applicationId: '00000000-0000-4000-8000-00000000ab02' },
  ]
  return start({ servicePrincipals, ...options })
}

const signIn = (
  workspace: EmulatedWorkspace,
  fields: Record<string, string | undefined> = {},
  headers = basic(CLIENT, SECRET),
): Promise<Answer> => postForm(workspace, TOKEN, { ...FIELDS, ...fields }, headers)

// Otherwise authentication could work here and nowhere else.
test('a client secret gets an access token that the API accepts', async () => {
  const workspace = await startWithClient()
  const answer = await signIn(workspace)
  expect(answer).toMatchObject({
    status: 200,
    body: {
      access_token: expect.stringMatching(/^fake-access-token-/),
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'all-apis',
    },
  })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await listWith(workspace, answer)).toMatchObject({ status: 200, body: {} })
  expect(workspace.tokens.issued).toMatchObject([{ holder: CLIENT }])
})

// Otherwise a client could not rotate its secret.
test('each of its secrets works, and each token is different', async () => {
  const workspace = await startWithClient()
  const answers = [await signIn(workspace, {}, basic(CLIENT, 'fake-old-secret')), await signIn(workspace)]
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(new Set(workspace.tokens.issued.map(({ token }) => token)).size).toBe(2)
})

// Otherwise credentials that a workspace rejects would work here.
test.each<[string, Record<string, string>]>([
  ['a wrong secret', basic(CLIENT, 'fake-wrong')],
  ['no secret', basic(CLIENT, '')],
  ['an unknown client', basic('00000000-0000-4000-8000-0000000000ff', SECRET)],
  ['a client without secrets', basic('00000000-0000-4000-8000-00000000ab02', '')],
  ['id and secret swapped', basic(SECRET, CLIENT)],
  ['no credentials at all', {}],
  ['a bearer token', { authorization: 'Bearer fake-token-of-ada' }],
  ['what is no form encoding', { authorization: `Basic ${Buffer.from(`${CLIENT}:%`).toString('base64')}` }],
])('%s is rejected as invalid_client', async (_, headers) => {
  const workspace = await startWithClient()
  const answer = await signIn(workspace, {}, headers)
  expect(answer).toMatchObject({
    status: 401,
    body: { error: 'invalid_client', error_description: expect.any(String) },
  })
  expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /)
  expect(workspace.tokens.issued).toEqual([])
})

// Otherwise a secret with a special character could fail.
test('id and secret are form-decoded', async () => {
  const odd = 'fake+se:cret/%41 =&é'
  const servicePrincipals = [{ applicationId: 'fake client', clientSecrets: [odd] }]
  const workspace = await start({ servicePrincipals })
  expect((await signIn(workspace, {}, basic('fake client', odd))).status).toBe(200)
  const raw = { authorization: `Basic ${Buffer.from(`fake client:${odd}`).toString('base64')}` }
  expect((await signIn(workspace, {}, raw)).status).toBe(401)
})

// Otherwise only a real server would reject a wrong form.
test.each<[string, Record<string, string | undefined>, string]>([
  ['no grant_type', { grant_type: undefined }, 'invalid_request'],
  ['an empty grant_type', { grant_type: '' }, 'invalid_request'],
  ['another grant_type', { grant_type: 'password' }, 'unsupported_grant_type'],
  ['no scope', { scope: undefined }, 'invalid_scope'],
  ['another scope', { scope: 'sql' }, 'invalid_scope'],
])('%s is rejected', async (_, fields, error) => {
  const workspace = await startWithClient()
  expect(await signIn(workspace, fields)).toMatchObject({
    status: 400,
    body: { error, error_description: expect.any(String) },
  })
  expect(workspace.tokens.issued).toEqual([])
})

test.each<[string, string, string]>([
  ['JSON', 'application/json', JSON.stringify(FIELDS)],
  ['a form that is called plain text', 'text/plain', new URLSearchParams(FIELDS).toString()],
  [
    'a form with a field twice',
    'application/x-www-form-urlencoded',
    'grant_type=client_credentials&scope=all-apis&scope=all-apis',
  ],
])('%s is an invalid_request', async (_, type, body) => {
  const workspace = await startWithClient()
  const headers = { ...basic(CLIENT, SECRET), 'content-type': type }
  const answer = await send(workspace, TOKEN, { method: 'POST', headers, body })
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
})

test('an error does not contain the secret', async () => {
  const { body } = await signIn(await startWithClient(), {}, basic(CLIENT, 'fake-wrong'))
  expect(JSON.stringify(body)).not.toMatch(/fake-|ab01/)
})

// Otherwise tests would use the permissions of another identity.
test('its tokens have the permissions of the service principal', async () => {
  const workspace = await startWithClient()
  workspace.store.createScope('own', { acls: { [CLIENT]: 'WRITE' } })
  workspace.store.createScope('team', { acls: { 'data-team': 'WRITE' } })
  workspace.store.createScope('other', { acls: { auditors: 'WRITE' } })
  await signIn(workspace)
  const headers = { authorization: `Bearer ${workspace.tokens.issued[0]?.token ?? ''}` }
  const put = async (scope: string): Promise<number> => {
    const body = JSON.stringify({ scope, key: 'k', string_value: 'v' })
    return (await send(workspace, '/api/2.0/secrets/put', { method: 'POST', headers, body })).status
  }
  expect([await put('own'), await put('team'), await put('other')]).toEqual([200, 200, 403])
  const me = await send(workspace, '/api/2.0/preview/scim/v2/Me', { headers })
  expect(me.body).toMatchObject({ userName: CLIENT })
})

test('a service principal that is an admin has all permissions', async () => {
  const servicePrincipals = [{ applicationId: CLIENT, clientSecrets: [SECRET], admin: true }]
  const workspace = await start({ servicePrincipals })
  workspace.store.createScope('s', { acls: {} })
  await signIn(workspace)
  const headers = { authorization: `Bearer ${workspace.tokens.issued[0]?.token ?? ''}` }
  expect((await send(workspace, '/api/2.0/secrets/list?scope=s', { headers })).status).toBe(200)
})

test('an ACL can contain a service principal', async () => {
  const workspace = await startWithClient()
  workspace.store.createScope('s')
  const acl = { scope: 's', principal: CLIENT, permission: 'READ' }
  expect((await posting(workspace)('secrets/acls/put', acl)).status).toBe(200)
})

// Otherwise no test would have a run that is longer than its token's lifetime.
test('an expired token is a 401 with a number as the code', async () => {
  const clock = new Clock()
  const workspace = await startWithClient({ clock: clock.now, accessTokenSeconds: 60 })
  const answer = await signIn(workspace)
  expect(answer.body).toMatchObject({ expires_in: 60 })
  clock.pass(59)
  expect((await listWith(workspace, answer)).status).toBe(200)
  clock.pass(1)
  expect(await listWith(workspace, answer)).toMatchObject({
    status: 401,
    body: { error_code: 401, message: 'Token is expired.' },
  })
  expect((await listWith(workspace, await signIn(workspace))).status).toBe(200)
})

test('tokens can be revoked, and later ones work', async () => {
  const workspace = await startWithClient()
  const answer = await signIn(workspace)
  workspace.tokens.revokeAll()
  expect(await listWith(workspace, answer)).toMatchObject({ status: 401, body: { error_code: 401 } })
  expect((await listWith(workspace, await signIn(workspace))).status).toBe(200)
  expect(workspace.tokens.issued).toHaveLength(2)
})

// Otherwise a token for the wrong workspace would be accepted.
test('a token of one workspace is unknown to another', async () => {
  const [one, other] = [await startWithClient(), await startWithClient()]
  expect(await listWith(other, await signIn(one))).toMatchObject({ status: 403, body: { error_code: 403 } })
})

// Otherwise a lost response of the token endpoint could not be tested.
test('requests can be intercepted before and after the token is issued', async () => {
  const workspace = await startWithClient()
  workspace.intercept((_, perform) => {
    expect(perform()).toBe(perform())
    return hangUp
  })
  await expect(signIn(workspace)).rejects.toThrow('fetch failed')
  expect(workspace.tokens.issued).toHaveLength(1)
})

test('the endpoint exists without service principals, and accepts only POST', async () => {
  expect((await signIn(await start())).status).toBe(401)
  expect((await send(await start(), TOKEN)).status).toBe(404)
})
