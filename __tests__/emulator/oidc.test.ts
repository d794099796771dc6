/** The metadata of a host for authentication. */
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { DEFAULT_ACCOUNT_ID } from '../../emulator/oidc.js'
import { DEFAULT_WORKSPACE_ID } from '../../emulator/workspace.js'
import { send, start } from './wire.js'

const SERVER = '/oidc/.well-known/oauth-authorization-server'
const CONFIG = '/.well-known/databricks-config'

// A client must find the token endpoint before it has a token.
test('the token endpoint can be found without a token, also on a host of several workspaces', async () => {
  const workspace = await start({ workspaceId: '42', requireWorkspaceId: true })
  expect(await send(workspace, SERVER)).toMatchObject({
    status: 200,
    body: {
      issuer: `${workspace.url}/oidc`,
      authorization_endpoint: `${workspace.url}/oidc/v1/authorize`,
      token_endpoint: `${workspace.url}/oidc/v1/token`,
      grant_types_supported: expect.arrayContaining(['client_credentials']),
    },
  })
})

// Otherwise, behind a TLS proxy, clients would get an address without TLS.
test('endpoints have the host name that the client used, with TLS behind a TLS proxy', async () => {
  const { port } = new URL((await start()).url)
  const headers = { host: 'adb-1.2.azuredatabricks.net', 'x-forwarded-proto': 'https' }
  const answer = await new Promise<string>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: SERVER, headers }, (response) => {
      resolve(text(response))
    })
      .on('error', reject)
      .end()
  })
  expect(JSON.parse(answer)).toMatchObject({
    token_endpoint: 'https://adb-1.2.azuredatabricks.net/oidc/v1/token',
  })
})

test('no other document exists, and none is a login page', async () => {
  const workspace = await start()
  for (const path of [CONFIG, '/oidc/', '/oidc/v1/authorize', '/.well-known/other']) {
    expect((await send(workspace, path)).status).toBe(404)
  }
  expect((await send(workspace, SERVER, { method: 'POST' })).status).toBe(404)
})

// A client reads the audience for its GitHub token here.
test('a newer host has metadata', async () => {
  const workspace = await start({ discovery: 'config', workspaceId: '42' })
  expect((await send(workspace, CONFIG)).body).toEqual({
    oidc_endpoint: `${workspace.url}/oidc`,
    account_id: DEFAULT_ACCOUNT_ID,
    workspace_id: '42',
    token_federation_default_oidc_audiences: [`${workspace.url}/oidc/v1/token`],
    cloud: 'AWS',
    host_type: 'workspace',
  })
})

test('the metadata has the set fields and no others', async () => {
  const accountId = '00000000-0000-4000-8000-00000000acc1'
  const plain = await start({ discovery: 'config', accountId, defaultAudiences: [] })
  const { body } = await send(plain, CONFIG)
  expect(body).toMatchObject({ account_id: accountId })
  expect(body).toMatchObject({ workspace_id: DEFAULT_WORKSPACE_ID })
  expect(body).not.toHaveProperty('token_federation_default_oidc_audiences')
  const audiences = ['https://example.com/a', 'https://example.com/b']
  const unified = { workspaceId: '42', requireWorkspaceId: true }
  const other = await start({ discovery: 'config', accountId, defaultAudiences: audiences, ...unified })
  const described = await send(other, CONFIG)
  expect(described.body).toMatchObject({
    token_federation_default_oidc_audiences: audiences,
    host_type: 'unified',
  })
  expect(described.body).not.toHaveProperty('workspace_id')
  const several = await start({ discovery: 'config', accountId, ...unified })
  expect((await send(several, CONFIG)).body).toMatchObject({
    token_federation_default_oidc_audiences: [accountId],
  })
})

// Otherwise a host that redirects the client secret to another server could not be tested.
test('both documents can point to another server', async () => {
  const elsewhere = 'https://attacker.invalid'
  const workspace = await start({
    discovery: 'config',
    oidcEndpoint: `${elsewhere}/oidc`,
    tokenEndpoint: `${elsewhere}/token`,
  })
  expect((await send(workspace, CONFIG)).body).toMatchObject({ oidc_endpoint: `${elsewhere}/oidc` })
  expect((await send(workspace, SERVER)).body).toMatchObject({ token_endpoint: `${elsewhere}/token` })
})
