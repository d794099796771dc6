/** Tokens that are limited to some API scopes. */
import { expect, test } from '@jest/globals'
import type { EmulatedWorkspace, WorkspaceOptions } from '../../emulator/workspace.js'
import { basic, postForm, send, start, type Answer } from './wire.js'

const CLIENT = { applicationId: '00000000-0000-4000-8000-00000000c1c1', clientSecrets: ['fake-secret'] }
const SCOPES = ['all-apis', 'secrets', 'unity-catalog', 'scim']

const ask = (workspace: EmulatedWorkspace, scope: string): Promise<Answer> =>
  postForm(
    workspace,
    '/oidc/v1/token',
    { grant_type: 'client_credentials', scope },
    basic(CLIENT.applicationId, 'fake-secret'),
  )

const startWith = (options: WorkspaceOptions = {}): Promise<EmulatedWorkspace> =>
  start({ servicePrincipals: [CLIENT], apiScopes: SCOPES, ...options })

/** The statuses of a call of each API with a token. */
async function statusesWith(workspace: EmulatedWorkspace, token: string): Promise<(number | string)[]> {
  const statuses: (number | string)[] = []
  for (const path of ['2.0/secrets/scopes/list', '2.1/unity-catalog/secrets', '2.0/preview/scim/v2/Me']) {
    const { status, body } = await send(workspace, `/api/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    statuses.push(status === 200 ? 200 : `${status} ${(body as { message: string }).message}`)
  }
  return statuses
}

const missing = (scope: string): string => `403 Provided OAuth token does not have required scopes: ${scope}`

// What is lost if this fails: an action that asks for too little is never told.
test.each([
  ['all-apis', [200, 200, 200]],
  ['secrets', [200, missing('unity-catalog'), missing('scim')]],
  ['unity-catalog', [missing('secrets'), 200, missing('scim')]],
  ['scim', [missing('secrets'), missing('unity-catalog'), 200]],
  ['secrets unity-catalog', [200, 200, missing('scim')]],
])('a token for %s', async (scope, expected) => {
  const workspace = await startWith()
  const { status, body } = await ask(workspace, scope)
  expect({ status, body }).toMatchObject({ status: 200, body: { scope } })
  const { access_token: token } = body as { access_token: string }
  expect(await statusesWith(workspace, token)).toEqual(expected)
})

test('a personal access token can be limited as well', async () => {
  const identities = [{ token: 'fake-limited-token', name: 'ada@example.com', apiScopes: ['unity-catalog'] }]
  const workspace = await startWith({ identities })
  expect(await statusesWith(workspace, 'fake-limited-token')).toEqual([
    missing('secrets'),
    200,
    missing('scim'),
  ])
})

test('a workspace that knows no such scope refuses to give it', async () => {
  const workspace = await start({ servicePrincipals: [CLIENT] })
  expect(await ask(workspace, 'unity-catalog')).toMatchObject({
    status: 400,
    body: { error: 'invalid_scope' },
  })
  expect(await ask(workspace, 'all-apis unity-catalog')).toMatchObject({ body: { error: 'invalid_scope' } })
  expect(await ask(await startWith(), ' ')).toMatchObject({ body: { error: 'invalid_scope' } })
  expect(workspace.tokens.issued).toEqual([])
})

test('the secrets of a service principal can be limited, and then give nothing beyond', async () => {
  const servicePrincipals = [{ ...CLIENT, apiScopes: ['unity-catalog'] }]
  const workspace = await startWith({ servicePrincipals })
  expect(await ask(workspace, 'all-apis')).toMatchObject({
    status: 400,
    body: { error: 'access_denied', error_description: "Scopes 'all-apis' are not assigned." },
  })
  expect(workspace.tokens.issued).toEqual([])
  expect((await ask(workspace, 'unity-catalog')).status).toBe(200)
})

test('the authorization server names its scopes', async () => {
  const path = '/oidc/.well-known/oauth-authorization-server'
  expect((await send(await startWith(), path)).body).toMatchObject({ scopes_supported: SCOPES })
  expect((await send(await start(), path)).body).toMatchObject({ scopes_supported: ['all-apis'] })
})
