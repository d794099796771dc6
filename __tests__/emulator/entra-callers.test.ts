/** Calls to a workspace with a token of Microsoft Entra ID. */
import { expect, test } from '@jest/globals'
import type { EntraOptions } from '../../emulator/entra.js'
import type { WorkspaceOptions } from '../../emulator/workspace.js'
import { CLIENT, SECRET, signInTo, startEntra, TENANT } from './sign-in.js'
import { basic, Clock, listWith, postForm, posting, send, start, type Answer } from './wire.js'

/** A workspace that trusts a directory, and a response of that directory with a token. */
async function signedIn(options: WorkspaceOptions = {}, entraOptions: Partial<EntraOptions> = {}) {
  const entra = await startEntra(entraOptions)
  const workspace = await start({ entra, servicePrincipals: [{ applicationId: CLIENT }], ...options })
  return { entra, workspace, answer: await signInTo(entra) }
}

// A workspace must not accept tokens of Entra ID for unknown principals.
test('a workspace accepts the token as the service principal of the app', async () => {
  const { workspace, answer } = await signedIn()
  expect((await listWith(workspace, answer)).status).toBe(200)
})

test.each<[string, WorkspaceOptions]>([
  ['is in no directory’s trust', { entra: undefined } as unknown as WorkspaceOptions],
  ['does not have the service principal', { servicePrincipals: [] }],
])('a workspace that %s rejects it as unknown', async (_, options) => {
  const { workspace, answer } = await signedIn(options)
  expect(await listWith(workspace, answer)).toMatchObject({ status: 403, body: { error_code: 403 } })
})

test('an expired or revoked token is a 401', async () => {
  const clock = new Clock()
  const { entra, workspace, answer } = await signedIn({}, { clock: clock.now, tokenSeconds: 60 })
  expect(answer.body).toMatchObject({ expires_in: '60' })
  clock.pass(59)
  expect((await listWith(workspace, answer)).status).toBe(200)
  clock.pass(1)
  expect(await listWith(workspace, answer)).toMatchObject({ status: 401, body: { error_code: 401 } })
  const later = await signInTo(entra)
  entra.tokens.revokeAll()
  expect((await listWith(workspace, later)).status).toBe(401)
})

const VAULT = {
  resource_id: '/subscriptions/0/resourceGroups/r/providers/Microsoft.KeyVault/vaults/v',
  tenant_id: TENANT,
  dns_name: 'https://v.vault.azure.net/',
}

// Only this call requires a token of Entra ID.
test('it can create a scope backed by a key vault, which another token cannot', async () => {
  const { workspace, answer } = await signedIn()
  const { access_token: token } = answer.body as { access_token: string }
  const create = (fields: object): Promise<Answer> =>
    send(workspace, '/api/2.0/secrets/scopes/create', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ scope: 'kv', scope_backend_type: 'AZURE_KEYVAULT', ...fields }),
    })
  expect(await create({})).toMatchObject({
    status: 400,
    body: {
      error_code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('backend_azure_keyvault'),
    },
  })
  const text = { backend_azure_keyvault: 'fake' }
  expect(await create(text)).toMatchObject({ status: 400, body: { error_code: 'MALFORMED_REQUEST' } })
  const partial = { backend_azure_keyvault: { resource_id: VAULT.resource_id } }
  expect(await create(partial)).toMatchObject({ body: { error_code: 'INVALID_PARAMETER_VALUE' } })
  expect((await create({ backend_azure_keyvault: VAULT })).status).toBe(200)
  const { resource_id, dns_name } = VAULT
  expect((await listWith(workspace, answer)).body).toEqual({
    scopes: [{ name: 'kv', backend_type: 'AZURE_KEYVAULT', keyvault_metadata: { resource_id, dns_name } }],
  })
  expect([...workspace.store.scope('kv').acls]).toEqual([[CLIENT, 'MANAGE']])
  const fields = { scope: 'kv2', scope_backend_type: 'AZURE_KEYVAULT', backend_azure_keyvault: VAULT }
  expect(await posting(workspace)('secrets/scopes/create', fields)).toMatchObject({
    status: 400,
    body: { message: 'Scope with Azure KeyVault must have userAADToken defined!' },
  })
})

test('an access token of the workspace cannot create one either', async () => {
  const servicePrincipals = [{ applicationId: CLIENT, clientSecrets: [SECRET] }]
  const { workspace } = await signedIn({ servicePrincipals })
  const own = { grant_type: 'client_credentials', scope: 'all-apis' }
  await postForm(workspace, '/oidc/v1/token', own, basic(CLIENT, SECRET))
  const answer = await send(workspace, '/api/2.0/secrets/scopes/create', {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.tokens.issued[0]?.token ?? ''}` },
    body: JSON.stringify({
      scope: 'kv',
      scope_backend_type: 'AZURE_KEYVAULT',
      backend_azure_keyvault: VAULT,
    }),
  })
  expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
})
