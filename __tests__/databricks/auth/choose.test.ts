import { describe, expect, test } from '@jest/globals'

import { chooseWay } from '../../../src/databricks/auth/choose.js'
import type { Setting, SignInSettings } from '../../../src/databricks/auth/sign-in-settings.js'
import { SecretValue } from '../../../src/secret-value.js'

const AWS = { origin: 'https://dbc-a1b2.cloud.databricks.com' }
const AZURE = { origin: 'https://adb-1.2.azuredatabricks.net' }

function input<Value>(source: string, value: Value): Setting<Value> {
  return { value, source, from: 'input' }
}

function variable<Value>(source: string, value: Value): Setting<Value> {
  return { value, source, from: 'variable' }
}

const secret = new SecretValue('fake-secret')
const github = { url: 'https://fake.example/token?a=b', requestToken: secret }
const clientId = input('client-id', 'fake-client')
const clientSecret = input('client-secret', secret)
const token = input('token', secret)
const azure = {
  azureClientId: input('azure-client-id', 'fake-app'),
  azureTenantId: input('azure-tenant-id', 'fake-tenant'),
}
const staleToken = variable('DATABRICKS_TOKEN', secret)

// A run that signs in as somebody else than its workflow says may write where it should not.
describe('the way to sign in', () => {
  test.each<[string, SignInSettings, string, string[]]>([
    ['a token', { token }, 'pat', ['token']],
    ['a token of a variable', { token: staleToken }, 'pat', ['token from DATABRICKS_TOKEN']],
    ['a client and its secret', { clientId, clientSecret }, 'oauth-m2m', ['client-id', 'client-secret']],
    [
      'these in a job that may have a token of GitHub',
      { clientId, clientSecret, github },
      'oauth-m2m',
      ['client-id', 'client-secret'],
    ],
    ['a client in such a job', { clientId, github }, 'github-oidc', ['client-id']],
    ['nothing but such a job', { github }, 'github-oidc', []],
    [
      'an input beside a forgotten token',
      { clientId, github, token: staleToken },
      'github-oidc',
      ['client-id'],
    ],
    [
      'an input beside a forgotten secret',
      { clientId, github, clientSecret: variable('DATABRICKS_CLIENT_SECRET', secret) },
      'github-oidc',
      ['client-id'],
    ],
    [
      'a secret of a variable where it is needed',
      { clientId, clientSecret: variable('DATABRICKS_CLIENT_SECRET', secret) },
      'oauth-m2m',
      ['client-id', 'client-secret from DATABRICKS_CLIENT_SECRET'],
    ],
    [
      'a token in another variable',
      { oidcToken: variable('MY_TOKEN', secret), clientId: variable('DATABRICKS_CLIENT_ID', 'fake-client') },
      'env-oidc',
      ['DATABRICKS_OIDC_TOKEN from MY_TOKEN', 'client-id from DATABRICKS_CLIENT_ID'],
    ],
    [
      'a file',
      { oidcTokenFile: variable('DATABRICKS_OIDC_TOKEN_FILEPATH', '/fake') },
      'file-oidc',
      ['DATABRICKS_OIDC_TOKEN_FILEPATH'],
    ],
    [
      'what auth-type says',
      { authType: input('auth-type', 'pat'), token, clientId, github },
      'pat',
      ['token'],
    ],
  ])('by %s', (_, settings, authType, parts) => {
    expect(chooseWay(settings, AWS)).toEqual({ authType, parts })
  })

  test.each<[string, SignInSettings, string]>([
    [
      'an application and its secret',
      { ...azure, azureClientSecret: input('azure-client-secret', secret) },
      'azure-client-secret',
    ],
    ['an application in a job that may have a token of GitHub', { ...azure, github }, 'github-oidc-azure'],
    ['an earlier azure/login', { azureCliProfile: true }, 'azure-cli'],
  ])('of Azure, by %s', (_, settings, authType) => {
    expect(chooseWay(settings, AZURE)).toMatchObject({ authType })
  })
})

describe('there is no way to sign in', () => {
  function told(settings: SignInSettings, host = AWS): string {
    const way = chooseWay(settings, host)
    return 'message' in way ? `${way.input}: ${way.message}` : way.authType
  }

  test('without any setting: each way is named with what it lacks', () => {
    const message = told({})
    expect(message).toContain('token: not set')
    expect(message).toContain('pat lacks token')
    expect(message).toContain('oauth-m2m lacks client-id, and client-secret')
    expect(message).toContain('id-token: write and contents: read')
    expect(message).not.toContain('azure')
    expect(told({}, AZURE)).toContain('azure-client-secret lacks azure-client-id')
  })

  // People set the client's id and forget the permission: this is where they look.
  test('when a permission is missing: the message shows what to write', () => {
    const message = told({ clientId })
    expect(message).toContain(
      'github-oidc lacks the permission of the job: id-token: write and contents: read',
    )
  })

  test.each<[string, SignInSettings, string]>([
    ['two inputs', { token, clientId, github }, 'pat (token) and github-oidc (client-id)'],
    [
      'two variables',
      { token: staleToken, oidcToken: variable('DATABRICKS_OIDC_TOKEN', secret) },
      'pat (DATABRICKS_TOKEN) and env-oidc (DATABRICKS_OIDC_TOKEN)',
    ],
  ])('when there are two on one level: %s', (_, settings, both) => {
    expect(told(settings)).toContain(`auth-type: not set, and there are two ways to sign in: ${both}`)
  })

  test('when auth-type names one that is not complete, or none at all', () => {
    expect(told({ authType: input('auth-type', 'oauth-m2m'), clientId })).toContain(
      'auth-type: oauth-m2m lacks client-secret',
    )
    expect(told({ authType: variable('DATABRICKS_AUTH_TYPE', 'magic') })).toMatch(
      /^DATABRICKS_AUTH_TYPE: must be one of pat, /,
    )
  })

  // A token of Entra opens everything that its application may do, in all of Azure.
  test.each(['github-oidc-azure', 'azure-client-secret', 'azure-cli'])(
    'of Azure for another host: %s',
    (authType) => {
      const settings = { ...azure, azureClientSecret: clientSecret, github, azureCliProfile: true }
      for (const origin of [
        'https://x.example',
        'http://127.0.0.1:1',
        'https://azuredatabricks.net.evil.example',
        'https://evilazuredatabricks.net',
      ]) {
        expect(told({ ...settings, authType: input('auth-type', authType) }, { origin })).toContain(
          'lacks a workspace of Azure',
        )
      }
    },
  )
})
