import { expect, test } from '@jest/globals'

import { AUTH_TYPES } from '../../src/databricks/auth/auth-methods.js'
import { identityOf } from '../../src/report/auth-identity.js'

// Lost if this fails: a command grants a permission to a principal that this run is not.
test('the identity is the application id that the method signs in with, where an input names one', () => {
  const given = (value: string) => ({ value, source: 'input', from: 'input' }) as const
  const settings = { clientId: given('fake-databricks-id'), azureClientId: given('fake-azure-id') }
  const found = AUTH_TYPES.map((authType) => [authType, identityOf({ authType, settings })])
  expect(Object.fromEntries(found)).toEqual({
    pat: undefined,
    'oauth-m2m': 'fake-databricks-id',
    'github-oidc': 'fake-databricks-id',
    'env-oidc': 'fake-databricks-id',
    'file-oidc': 'fake-databricks-id',
    'github-oidc-azure': 'fake-azure-id',
    'azure-client-secret': 'fake-azure-id',
    'azure-cli': undefined,
  })
  expect(identityOf({ authType: 'github-oidc', settings: {} })).toBeUndefined()
})
