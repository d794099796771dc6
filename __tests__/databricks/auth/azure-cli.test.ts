import { expect, test } from '@jest/globals'

import { withoutSecrets } from '../../../src/databricks/auth/azure-cli.js'
import { SecretValue } from '../../../src/secret-value.js'

// Whatever `az` and its extensions log is beyond our masks.
test('the Azure CLI sees no input, credential or value, and what it needs to run', () => {
  const env = {
    PATH: '/usr/bin',
    HOME: '/home/x',
    AZURE_CONFIG_DIR: '/x/.azure',
    https_proxy: 'http://127.0.0.1:1',
    INPUT_SECRETS: 'a',
    DATABRICKS_TOKEN: 'a',
    ARM_CLIENT_SECRET: 'a',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'a',
    GITHUB_TOKEN: 'a',
    PASSWORD: 'fake-password',
    DSN: 'db://u:fake-password@h',
    PIN: 'bin',
    SSLKEYLOGFILE: '/tmp/keys',
  }
  const secrets = ['fake-password', 'bin', ''].map((value) => new SecretValue(value))
  expect(Object.keys(withoutSecrets(env, secrets))).toEqual([
    'PATH',
    'HOME',
    'AZURE_CONFIG_DIR',
    'https_proxy',
  ])
})
