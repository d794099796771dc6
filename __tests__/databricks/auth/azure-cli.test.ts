import { expect, test } from '@jest/globals'

import { readAzOutput, environmentWithoutSecrets } from '../../../src/databricks/auth/azure-cli.js'
import { SecretValue } from '../../../src/secret-value.js'

// On Windows the output passes through PowerShell, and `az` prints notices about updates and previews anywhere.
test.each([
  ['as az prints it', '{\n  "accessToken": "fake-token",\n  "expires_on": 1\n}\n'],
  ['with a byte order mark', '\uFEFF{"accessToken": "fake-token", "expires_on": 1}'],
  ['with Windows line endings', '{\r\n"accessToken": "fake-token",\r\n"expires_on": 1\r\n}\r\n'],
  [
    'after other lines',
    'WARNING: {preview}\n\n{ not this }\n\uFEFF{"accessToken": "fake-token", "expires_on": 1}\n',
  ],
  ['before other lines', '{"accessToken": "fake-token", "expires_on": 1}\nA new version is available.\n'],
])('the token of the Azure CLI is read %s', (_, output) => {
  expect(readAzOutput(output)).toEqual({ accessToken: 'fake-token', expires_on: 1 })
})

test('output of the Azure CLI without a JSON object has no token', () => {
  for (const output of ['', 'hello', '[]', '{', '{\n'.repeat(100_000)])
    expect(readAzOutput(output)).toEqual({})
})

// The action cannot mask what `az` and its extensions log.
test('the environment of the Azure CLI has no input, credential or secret, but what it needs to run', () => {
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
  expect(Object.keys(environmentWithoutSecrets(env, secrets))).toEqual([
    'PATH',
    'HOME',
    'AZURE_CONFIG_DIR',
    'https_proxy',
  ])
})
