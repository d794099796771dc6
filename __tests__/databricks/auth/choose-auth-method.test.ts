import { describe, expect, test } from '@jest/globals'

import type { AuthSetting, AuthSettings } from '../../../src/databricks/auth/auth-settings.js'
import { chooseAuthMethod } from '../../../src/databricks/auth/choose-auth-method.js'
import { SecretValue } from '../../../src/secret-value.js'

const AWS = { origin: 'https://dbc-a1b2.cloud.databricks.com' }
const AZURE = { origin: 'https://adb-1.2.azuredatabricks.net' }

function input<Value>(source: string, value: Value): AuthSetting<Value> {
  return { value, source, from: 'input' }
}

function variable<Value>(source: string, value: Value): AuthSetting<Value> {
  return { value, source, from: 'variable' }
}

const secret = new SecretValue('fake-secret')
const github = { url: 'https://fake.example/token?a=b', requestToken: secret }

const token = input('token', secret)
const clientId = input('client-id', 'fake-client')
const clientSecret = input('client-secret', secret)
const azureIds = {
  azureClientId: input('azure-client-id', 'fake-app'),
  azureTenantId: input('azure-tenant-id', 'fake-tenant'),
}
const azureClientSecret = input('azure-client-secret', secret)

const oauthScopes = input('oauth-scopes', 'secrets')
const oidcToken = variable('DATABRICKS_OIDC_TOKEN', secret)
const oidcTokenFile = variable('DATABRICKS_OIDC_TOKEN_FILEPATH', '/fake')
/** The same settings from environment variables of the runner. */
const stray = {
  token: variable('DATABRICKS_TOKEN', secret),
  clientId: variable('DATABRICKS_CLIENT_ID', 'fake-client'),
  clientSecret: variable('DATABRICKS_CLIENT_SECRET', secret),
  azureClientId: variable('ARM_CLIENT_ID', 'fake-app'),
  azureTenantId: variable('ARM_TENANT_ID', 'fake-tenant'),
  azureClientSecret: variable('ARM_CLIENT_SECRET', secret),
}
const { token: strayToken, clientId: strayId, clientSecret: straySecret } = stray
const strayAzureIds = { azureClientId: stray.azureClientId, azureTenantId: stray.azureTenantId }

type Row = [setUp: string, settings: AuthSettings, expected: string, host?: typeof AWS]

function table(rows: readonly Row[]): Required<Row>[] {
  return rows.map(([setUp, settings, expected, host = AWS]) => [setUp, settings, expected, host])
}

/** The method and its settings, or the error, as in the log. */
function outcomeOf(settings: AuthSettings, host = AWS): string {
  const method = chooseAuthMethod(settings, host)
  return 'message' in method
    ? `${method.input}: ${method.message}`
    : `${method.authType} (${method.usedSettings.join(', ')})`
}

// A run with another identity than the workflow's would write to the wrong place, unnoticed.
describe('the authentication method', () => {
  test.each(
    table([
      ['a token', { token }, 'pat (token)'],
      ['a client and its secret', { clientId, clientSecret }, 'oauth-m2m (client-id, client-secret)'],
      [
        'these in a job with an OIDC token',
        { clientId, clientSecret, github },
        'oauth-m2m (client-id, client-secret)',
      ],
      ['a client in a job with an OIDC token', { clientId, github }, 'github-oidc (client-id)'],
      [
        'a client, completed by the variable of its secret',
        { clientId, clientSecret: straySecret },
        'oauth-m2m (client-id, client-secret from DATABRICKS_CLIENT_SECRET)',
      ],
      [
        'a secret, completed by the variable of its client',
        { clientId: strayId, clientSecret },
        'oauth-m2m (client-id from DATABRICKS_CLIENT_ID, client-secret)',
      ],
      [
        'a client, completed by DATABRICKS_OIDC_TOKEN',
        { clientId, oidcToken },
        'env-oidc (DATABRICKS_OIDC_TOKEN, client-id)',
      ],
      [
        'a client, completed by DATABRICKS_OIDC_TOKEN_FILEPATH',
        { clientId, oidcTokenFile },
        'file-oidc (DATABRICKS_OIDC_TOKEN_FILEPATH, client-id)',
      ],
      [
        'Azure ids, completed by ARM_CLIENT_SECRET',
        { ...azureIds, azureClientSecret: stray.azureClientSecret },
        'azure-client-secret (azure-client-id, azure-client-secret from ARM_CLIENT_SECRET, azure-tenant-id)',
        AZURE,
      ],
      [
        'Azure ids and their secret',
        { ...azureIds, azureClientSecret },
        'azure-client-secret (azure-client-id, azure-client-secret, azure-tenant-id)',
        AZURE,
      ],
      [
        'Azure ids in a job with an OIDC token',
        { ...azureIds, github },
        'github-oidc-azure (azure-client-id, azure-tenant-id)',
        AZURE,
      ],
    ]),
  )('from inputs: %s', (_, settings, expected, host) => {
    expect(outcomeOf(settings, host)).toBe(expected)
  })

  test.each(
    table([
      ['a token', { token: strayToken }, 'pat (token from DATABRICKS_TOKEN)'],
      [
        'a client and its secret',
        { clientId: strayId, clientSecret: straySecret },
        'oauth-m2m (client-id from DATABRICKS_CLIENT_ID, client-secret from DATABRICKS_CLIENT_SECRET)',
      ],
      [
        'these in a job with an OIDC token: the method that uses the most variables',
        { clientId: strayId, clientSecret: straySecret, github },
        'oauth-m2m (client-id from DATABRICKS_CLIENT_ID, client-secret from DATABRICKS_CLIENT_SECRET)',
      ],
      [
        'a client in a job with an OIDC token',
        { clientId: strayId, github },
        'github-oidc (client-id from DATABRICKS_CLIENT_ID)',
      ],
      [
        'a token in a variable of another name',
        { clientId: strayId, oidcToken: variable('MY_TOKEN', secret), github },
        'env-oidc (DATABRICKS_OIDC_TOKEN from MY_TOKEN, client-id from DATABRICKS_CLIENT_ID)',
      ],
      ['a file without a client', { oidcTokenFile }, 'file-oidc (DATABRICKS_OIDC_TOKEN_FILEPATH)'],
      [
        'all of Azure',
        { ...strayAzureIds, azureClientSecret: stray.azureClientSecret, github },
        'azure-client-secret (azure-client-id from ARM_CLIENT_ID, azure-client-secret from ARM_CLIENT_SECRET, azure-tenant-id from ARM_TENANT_ID)',
        AZURE,
      ],
      // Many jobs set Terraform's variables for Azure. On another cloud they have no meaning.
      [
        'a token, and variables of Azure for a host that is not on Azure',
        { token: strayToken, ...strayAzureIds, github },
        'pat (token from DATABRICKS_TOKEN)',
      ],
      [
        'a token, and a client without a secret',
        { token: strayToken, clientId: strayId },
        'pat (token from DATABRICKS_TOKEN)',
      ],
      [
        'a token, and the session of the Azure CLI',
        { token: strayToken, azureCliProfile: true },
        'pat (token from DATABRICKS_TOKEN)',
        AZURE,
      ],
    ]),
  )('from variables: %s', (_, settings, expected, host) => {
    expect(outcomeOf(settings, host)).toBe(expected)
  })

  test.each(
    table([
      ['the variable of a token', { clientId, github, token: strayToken }, 'github-oidc (client-id)'],
      [
        'the variable of a client secret',
        { clientId, github, clientSecret: straySecret },
        'github-oidc (client-id)',
      ],
      ['the variable of an OIDC token', { clientId, github, oidcToken }, 'github-oidc (client-id)'],
      ['all variables', { ...stray, oidcToken, token }, 'pat (token)'],
      [
        'the variable of an Azure client secret',
        { ...azureIds, github, azureClientSecret: stray.azureClientSecret },
        'github-oidc-azure (azure-client-id, azure-tenant-id)',
        AZURE,
      ],
    ]),
  )('from inputs, ignoring %s', (_, settings, expected, host) => {
    expect(outcomeOf(settings, host)).toBe(expected)
  })

  test.each(
    table([
      ['ignoring another complete method', { token, clientId, clientSecret, github }, 'pat (token)'],
      ['with account-wide federation', { github }, 'github-oidc ()'],
      ['with the session of the Azure CLI', { azureCliProfile: true, ...stray }, 'azure-cli ()', AZURE],
      [
        'with the variable of the audience',
        { github, clientId, tokenAudience: variable('DATABRICKS_TOKEN_AUDIENCE', 'fake') },
        'github-oidc (client-id, token-audience from DATABRICKS_TOKEN_AUDIENCE)',
      ],
      [
        'with API scopes',
        { clientId, clientSecret, oauthScopes },
        'oauth-m2m (client-id, client-secret, oauth-scopes)',
      ],
    ]),
  )('from auth-type, %s', (_, settings, expected, host) => {
    const [authType = ''] = expected.split(' ')
    expect(outcomeOf({ ...settings, authType: input('auth-type', authType) }, host)).toBe(expected)
  })

  test('from the variable of auth-type is reported with the variable', () => {
    const authType = variable('DATABRICKS_AUTH_TYPE', 'pat')
    expect(outcomeOf({ token, authType })).toBe('pat (token, auth-type from DATABRICKS_AUTH_TYPE)')
    expect(chooseAuthMethod({ token, authType }, AWS)).toMatchObject({
      fromVariables: ['auth-type from DATABRICKS_AUTH_TYPE'],
    })
  })

  // A reusable workflow may pass all inputs, set or not.
  test('ignores inputs of other methods with auth-type, and names them', () => {
    const tokenAudience = input('token-audience', 'fake')
    const settings = { authType: input('auth-type', 'pat'), token, clientId, ...azureIds, tokenAudience }
    expect(chooseAuthMethod({ ...settings, clientSecret: straySecret }, AWS)).toEqual({
      authType: 'pat',
      usedSettings: ['token'],
      fromVariables: [],
      ignoredInputs: ['client-id', 'azure-client-id', 'azure-tenant-id', 'token-audience'],
    })
    expect(chooseAuthMethod({ token }, AWS)).toMatchObject({ ignoredInputs: [] })
    // A variable of the runner is for other steps.
    const ofRunner = { tokenAudience: variable('DATABRICKS_TOKEN_AUDIENCE', 'fake') }
    expect(chooseAuthMethod({ authType: settings.authType, token, ...ofRunner }, AWS)).toMatchObject({
      ignoredInputs: [],
    })
  })

  // API scopes of another method must not change the identity of the run.
  test('does not depend on API scopes', () => {
    expect(outcomeOf({ token, oauthScopes })).toBe('pat (token)')
    expect(outcomeOf({ oauthScopes, token: strayToken })).toBe('pat (token from DATABRICKS_TOKEN)')
    expect(outcomeOf({ oauthScopes })).toMatch(/^token: not set/)
  })

  test.each([
    ['pat', { token }, AWS, true],
    ['azure-client-secret', { ...azureIds, azureClientSecret }, AZURE, true],
    ['github-oidc-azure', { ...azureIds, github }, AZURE, true],
    ['azure-cli', { azureCliProfile: true }, AZURE, true],
    ['oauth-m2m', { clientId, clientSecret }, AWS, false],
    ['github-oidc', { clientId, github }, AWS, false],
    ['env-oidc', { clientId, oidcToken }, AWS, false],
    ['file-oidc', { clientId, oidcTokenFile }, AWS, false],
  ])('%s ignores API scopes, or uses them', (authType, settings, host, isIgnored) => {
    const all = { ...settings, oauthScopes, authType: input('auth-type', authType) }
    const method = chooseAuthMethod(all, host)
    expect(method).toMatchObject({ authType, ignoredInputs: isIgnored ? ['oauth-scopes'] : [] })
    expect('usedSettings' in method && method.usedSettings.includes('oauth-scopes')).toBe(!isIgnored)
  })
})

describe('authentication is incomplete', () => {
  // Each of these succeeded with another identity, because the runner has other credentials.
  test.each(
    table([
      ['a token', { clientId, token: strayToken }, 'client-id: the job cannot request an OIDC token'],
      [
        'the session of the Azure CLI',
        { clientId, azureCliProfile: true },
        'client-id: the job cannot request an OIDC token',
        AZURE,
      ],
      [
        'a token, of Azure',
        { ...azureIds, token: strayToken },
        'azure-client-id: the job cannot request an OIDC token',
        AZURE,
      ],
      [
        'the session of the Azure CLI, of Azure',
        { ...azureIds, azureCliProfile: true },
        'azure-client-id: the job cannot request an OIDC token',
        AZURE,
      ],
      [
        'another client and its secret',
        { ...azureIds, clientId: strayId, clientSecret: straySecret },
        'azure-client-id: the job cannot request an OIDC token',
        AZURE,
      ],
      [
        'the whole application',
        { clientSecret, ...strayAzureIds, azureClientSecret: stray.azureClientSecret },
        'client-id: client-secret is set, but authentication is incomplete',
        AZURE,
      ],
    ]),
  )('although the runner has %s', (_, settings, beginning, host) => {
    expect(outcomeOf(settings, host)).toMatch(new RegExp(`^${beginning}: `))
  })

  test.each(
    table([
      [
        'a client',
        { clientId },
        'client-id: the job cannot request an OIDC token: give the job the permissions id-token: write and contents: read ' +
          '(github-oidc). Otherwise set client-secret (oauth-m2m). If client-secret is set in the workflow, its secret may not be visible to this job',
      ],
      [
        'a secret',
        { clientSecret, github },
        'client-id: client-secret is set, but authentication is incomplete: set client-id (oauth-m2m). If client-id is set in the ' +
          'workflow, its secret or variable may not be visible to this job',
      ],
      [
        'Azure ids',
        azureIds,
        'azure-client-id: the job cannot request an OIDC token: give the job the permissions id-token: write and contents: read ' +
          '(github-oidc-azure). Otherwise set azure-client-secret (azure-client-secret). If azure-client-secret is set in the workflow, its secret may not be visible to this job',
        AZURE,
      ],
      [
        'an Azure id in a job with an OIDC token',
        { azureClientId: azureIds.azureClientId, github },
        'azure-tenant-id: azure-client-id is set, but authentication is incomplete: set azure-tenant-id (github-oidc-azure), or ' +
          'set azure-client-secret and azure-tenant-id (azure-client-secret). If azure-tenant-id or azure-client-secret is ' +
          'set in the workflow, its secret or variable may not be visible to this job',
        AZURE,
      ],
      [
        'the variable of a client',
        { clientId: strayId },
        'DATABRICKS_CLIENT_ID: the job cannot request an OIDC token: give the job the permissions id-token: write and contents: read ' +
          '(github-oidc). Otherwise set client-secret (oauth-m2m). If client-secret is set in the workflow, its secret may not be visible to this job',
      ],
      [
        'the variable of a secret',
        { clientSecret: straySecret, github },
        'client-id: DATABRICKS_CLIENT_SECRET is set, but authentication is incomplete: set client-id (oauth-m2m). If client-id is ' +
          'set in the workflow, its secret or variable may not be visible to this job',
      ],
    ]),
  )(
    'with only %s: the error names the missing settings and the likely cause',
    (_, settings, expected, host) => {
      expect(outcomeOf(settings, host)).toBe(expected)
      expect(chooseAuthMethod(settings, host)).toMatchObject({ cause: 'not-visible' })
    },
  )

  test.each(
    table([
      [
        '',
        {},
        'set client-id and give the job the permissions id-token: write and contents: read (github-oidc), or set token (pat)',
      ],
      // Account-wide federation is not used unless the workflow asks for it.
      [' in a job with an OIDC token', { github }, 'set client-id (github-oidc), or set token (pat)'],
      [' on Azure', { azureCliProfile: true }, 'is used only with auth-type azure-cli', AZURE],
      [
        ' except a profile',
        { profileVariable: 'DATABRICKS_CONFIG_PROFILE' },
        'DATABRICKS_CONFIG_PROFILE is set, but configuration profiles are not read',
      ],
      [
        ' except variables of Azure on another cloud',
        { ...strayAzureIds, github },
        'set client-id (github-oidc)',
      ],
    ]),
  )('with no settings%s', (_, settings, expected, host) => {
    const outcome = outcomeOf(settings, host)
    expect(outcome).toMatch(/^token: not set, and client-id is not set either: /)
    expect(outcome).toContain(expected)
    expect(outcome).toContain(
      '. If token or client-id is set in the workflow, its secret or variable may not be visible to this job',
    )
  })

  test.each<[string, AuthSettings, string]>([
    [
      'oauth-m2m',
      { clientId, token: strayToken },
      'set client-secret. If client-secret is set in the workflow, its secret may not be visible',
    ],
    ['github-oidc', { clientId }, 'give the job the permissions id-token: write and contents: read'],
    ['azure-cli', {}, 'add an azure/login step before this step'],
    ['pat', { clientId, github, profileVariable: 'DATABRICKS_CONFIG_PROFILE' }, 'profiles are not read'],
    ['env-oidc', { clientId, github }, 'set DATABRICKS_OIDC_TOKEN'],
  ])('for auth-type %s', (authType, settings, expected) => {
    const outcome = outcomeOf({ ...settings, authType: input('auth-type', authType) }, AZURE)
    expect(outcome).toMatch(new RegExp(`^auth-type: ${authType} is incomplete: `))
    expect(outcome).toContain(expected)
  })

  test('for an auth-type that does not exist', () => {
    expect(outcomeOf({ authType: variable('DATABRICKS_AUTH_TYPE', 'magic') })).toMatch(
      /^DATABRICKS_AUTH_TYPE: must be one of pat, /,
    )
  })
})

describe('authentication is ambiguous', () => {
  test.each(
    table([
      [
        'inputs of two methods',
        { token, clientId, github },
        'no authentication method uses token and client-id together',
      ],
      [
        'a token and Azure ids',
        { token, ...azureIds },
        'uses token, azure-client-id and azure-tenant-id together',
      ],
      [
        'an input that two variables can complete',
        { clientId, clientSecret: straySecret, oidcToken },
        'there are two authentication methods: oauth-m2m (client-id, DATABRICKS_CLIENT_SECRET) and env-oidc (DATABRICKS_OIDC_TOKEN, client-id)',
      ],
      [
        'variables that share nothing',
        { token: strayToken, oidcToken },
        'pat (DATABRICKS_TOKEN) and env-oidc (DATABRICKS_OIDC_TOKEN)',
      ],
      [
        'variables that share nothing, two for one method',
        { token: strayToken, clientId: strayId, clientSecret: straySecret },
        'oauth-m2m (DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET) and pat (DATABRICKS_TOKEN)',
      ],
      [
        'variables of two methods that use the same number',
        { clientId: strayId, clientSecret: straySecret, oidcToken },
        'oauth-m2m (DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET) and env-oidc (DATABRICKS_OIDC_TOKEN, DATABRICKS_CLIENT_ID)',
      ],
    ]),
  )('with %s', (_, settings, expected, host) => {
    expect(outcomeOf(settings, host)).toMatch(/^auth-type: not set, and /)
    expect(outcomeOf(settings, host)).toContain(expected)
  })
})

// A token of Entra ID has all permissions of its application in Azure.
describe('a host that is not on Azure', () => {
  const all = { ...azureIds, azureClientSecret, github, azureCliProfile: true }

  test.each([
    'https://x.example',
    'http://127.0.0.1:1',
    'https://azuredatabricks.net.evil.example',
    'https://evilazuredatabricks.net',
  ])('gets no token of Entra ID, and the error explains it: %s', (origin) => {
    for (const authType of ['github-oidc-azure', 'azure-client-secret', 'azure-cli']) {
      expect(outcomeOf({ ...all, authType: input('auth-type', authType) }, { origin })).toContain(
        `auth-type: ${authType} cannot be used with this host. A token of Microsoft Entra ID is sent only to hosts`,
      )
    }
    for (const settings of [all, azureIds, { ...azureIds, token: strayToken }]) {
      expect(outcomeOf(settings, { origin })).toMatch(
        /^host: azure-client-id.* cannot be used with this host\. A token/,
      )
    }
  })

  test('because its name ends with a dot has its own error', () => {
    expect(outcomeOf(azureIds, { origin: `${AZURE.origin}.` })).toContain(
      'The host ends with a dot. Remove the dot',
    )
  })
})
