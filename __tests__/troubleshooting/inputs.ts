import { ahead } from '../e2e/sync-step.js'
import { withFiles } from './files.js'
import { faulty, inOneRun, type Scenario, type Scenarios } from './scenario.js'

const AZURE = 'https://adb-1234567890123456.7.azuredatabricks.net'

/** Signs in by the Azure CLI, after an `azure/login` of sorts, on a runner whose PATH has this program alone. */
function byAzureCli(program: string): Scenario {
  return withFiles(
    { [program]: '#!/bin/sh\nexit 1\n' },
    { host: AZURE, token: '', 'auth-type': 'azure-cli' },
    (folder) => ({
      env: { PATH: folder, AZURE_CONFIG_DIR: folder },
      nodeOptions:
        ahead(
          `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(`${folder}/azureProfile.json`)}, '{}')`,
        ).nodeOptions ?? [],
    }),
  )
}

const PEM = '-----BEGIN FAKE KEY-----\nfake+line/one\nfake+line/two\n-----END FAKE KEY-----'

/** A map that the action writes, with warnings. */
const WITH_WARNINGS = {
  BLOB: 'encrypted:fake',
  pin: 'abc',
  log: 'fake##[error]rest',
  codes: 'ab\ncd\nef',
  DATABRICKS_TOKEN: 'fake-token-of-ada',
  ...Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`k${n}`, `fake-${n}`.padEnd(90, 'x=/')])),
}

/** What is wrong with the map: errors of one section of the page are in one run. */
export const OF_THE_MAP: Scenarios = {
  ...inOneRun(
    withFiles(
      { empty: '', 'map.json': '{"BLOB": null}' },
      {
        secrets: 'a:=null\nkey=\nb=null',
        'secret-files': 'c=empty',
        'secrets-file': 'map.json',
      },
    ),
    'the value is empty, blank or null, which nearly always means that the secret is not visible to this job.',
    'the value is a placeholder for a missing value',
    'the file is empty. Check the step that writes it',
    'the value is empty, blank or null. Check the step that writes the file',
  ),
  ...inOneRun(
    withFiles(
      {
        'map.json':
          '{"X": "encrypted:fake", "Y": "ENC[AES256_GCM,data:ZmFrZQ==,iv:ZmFrZQ==,tag:ZmFrZQ==,type:str]"}',
      },
      {
        secrets: [
          'a="fake-value"',
          'b=***',
          'c=${BLOB}',
          'd=op://fake/item/key',
          'e:="version https://git-lfs.github.com/spec/v1\\noid sha256:fake"',
          'f=fake-\ufffd',
          'g=fakebase64\nrest==',
        ].join('\n'),
        'secrets-file': 'map.json',
      },
    ),
    'the value begins and ends with a quote',
    'the value is only asterisks',
    'the value is an expression or a variable that was not evaluated.',
    'the value is a reference to a 1Password item',
    'the value is a pointer of Git LFS',
    'the text contains U+FFFD, which replaces bytes that are not UTF-8.',
    'the value is only an equals sign',
    'the value is still encrypted by dotenvx.',
    'the value is still encrypted by sops.',
  ),
  ...inOneRun(
    faulty({
      secrets: `tls-key=${PEM}\nexport KEY=fake-value\nblob:=fake-value`,
      'secret-envs': 'DB_PASSWORD',
    }),
    'not a line of the map.',
    'not a line of the map: …',
    'key:= requires one JSON string',
    'not a line of secret-….',
  ),
  ...inOneRun(
    faulty({ secrets: '{"A": "fake-a", "A": "fake-b", "data": {"A": "fake-value"}, "n": 1}' }),
    'the map contains this name more than once',
    'the value is a JSON object, but must be a string.',
    'the value of this name is not a string.',
  ),
  ...inOneRun(
    faulty({
      secrets: JSON.stringify({
        'A B': 'fake-value',
        PROD_: 'fake-a',
        PROD_B: 'fake-b',
        ['A'.repeat(128)]: 'fake-c',
        KEY: 'fake-value-of-another',
        'fake-value-of-another': 'fake-d',
        API_KEY: 'fake-e',
        api_key: 'fake-f',
      }),
      'key-strip-prefix': 'PROD_',
      'key-prefix': 'app-',
    }),
    'this name cannot be a key',
    'nothing is left of the name after key-strip-prefix and key-case.',
    'the key has more than … characters',
    'the key contains a value of this map or a credential',
    'same key as … (keys are case-insensitive)',
  ),
  ...inOneRun(
    faulty({
      secrets: '{"A": "fake-value"}',
      include: 'A\nPROD_*\nPROD_[AB]',
      'key-strip-prefix': 'PROD_',
    }),
    'the pattern matches no name of the map.',
    'not a pattern. Write one per line',
    'no selected name of the map begins with this prefix.',
  ),
  ...inOneRun(
    faulty({ include: 'PROD_*', 'key-prefix': 'app-' }),
    'applies only to the names of a JSON or dotenv map, but there is none.',
    'no key of the map begins with this prefix, and it is not added to the keys of lines.',
  ),
  'this is the whole secrets context': faulty({
    secrets: '{"A": "fake-value", "github_token": "fake-token"}',
  }),
  ...inOneRun(
    faulty({
      secrets: JSON.stringify(WITH_WARNINGS),
      'auth-type': 'pat',
      'client-id': 'fake-id',
      'max-age-days': '90',
    }),
    'These values look encrypted, or like a reference to a secret',
    'The value of … has fewer than 4 characters, or is an ordinary word.',
    'The value of … contains a workflow command',
    'The value of … has no line of 4 characters or more, so it cannot be masked',
    'The masks of this run are limited',
    '… was left out of the map: its value is a credential of this run.',
    'With auth-type …, these inputs are not used',
    'With if-exists: update, every run resets the age of every key',
  ),
}
/** What is wrong with the other inputs: a run has errors of one section of the page, or one of each of its sections. */
export const OF_OTHER_INPUTS: Scenarios = {
  ...inOneRun(
    faulty({ dryrun: 'true', host: '', token: '' }),
    '…: the action has no such input. Did you mean …?',
    'host: not set.',
    'token: not set, and client-id is not set either',
  ),
  ...inOneRun(
    faulty({ host: 'my workspace', token: '"fake-token"', secrets: '{"a": "fake"' }),
    'host: not a workspace address',
    '… is in quotes.',
    'not a valid JSON object.',
  ),
  ...inOneRun(
    faulty({
      host: 'http://dbc-a1b2c3d4-e5f6.cloud.databricks.com',
      token: 'fake token',
      secrets: '{"A": "fake"}\nb=fake-b',
    }),
    'host: does not start with https://',
    'token: contains a space, a line break or a character that no token has.',
    'there is more text after the JSON object',
  ),
  ...inOneRun(
    faulty({ host: 'https://accounts.cloud.databricks.com', 'client-id': 'fake-id', secrets: '' }),
    'host: is the address of the account console',
    'auth-type: not set, and no authentication method uses … together',
    'no secret is named, neither here nor in secret-envs, secret-files or secrets-file',
  ),
  ...inOneRun(
    faulty({
      host: 'fake-token-of-ada',
      'auth-type': 'github-oidc',
      'client-id': 'fake-id',
      'pr-comment': 'true',
      'github-token': ' ',
    }),
    'host: contains a credential of this run',
    'auth-type: … is incomplete',
    'github-token: not set, but pr-comment requires it.',
  ),
  ...inOneRun(
    faulty({
      host: 'https://me:fake@dbc-a1b2c3d4-e5f6.cloud.databricks.com',
      token: '',
      'client-id': 'fake-id',
      secrets: '',
      'max-age-days': '90',
      verify: 'true',
    }),
    'host: contains a user name or password.',
    'client-id: the job cannot request an OIDC token',
    'no secret is named, and … cannot work without one.',
  ),
  ...inOneRun(
    faulty(
      { token: '', 'permissions-exact': 'true' },
      { env: { DATABRICKS_TOKEN: 'fake-token', DATABRICKS_OIDC_TOKEN: 'fake-jwt', https_proxy: 'http://' } },
    ),
    'auth-type: not set, and there are two authentication methods',
    'permissions-exact: needs the input permissions, which names no principal.',
    'not a valid address of a proxy',
  ),
  ...inOneRun(
    withFiles(
      { 'map.yaml': 'BLOB: fake-value' },
      {
        token: '',
        'azure-client-id': 'fake-id',
        'azure-tenant-id': 'fake-tenant',
        'azure-client-secret': 'fake-secret',
        'secrets-file': 'map.yaml',
      },
      () => ({ env: { NODE_EXTRA_CA_CERTS: import.meta.filename }, allowStderr: true }),
    ),
    '… cannot be used with this host.',
    'unknown file extension.',
    'NODE_EXTRA_CA_CERTS: the file cannot be read, or is not a PEM file with certificates',
  ),
  ...inOneRun(
    withFiles(
      { 'map.json': '["fake-value"]' },
      {
        token: '',
        'client-id': '1234567890123456',
        'client-secret': 'fake',
        'secrets-file': 'map.json',
        scope: ' ',
      },
    ),
    'client-id: is a number',
    'the file does not contain a JSON object.',
    'scope: not set.',
  ),
  ...inOneRun(
    withFiles(
      { 'map.json': Buffer.from('{"BLOB": "\xe9t\xe9"}', 'latin1') },
      { token: '', 'client-secret': 'fake-secret', 'secrets-file': 'map.json', owner: 'data-team' },
    ),
    '… set, but authentication is incomplete',
    'the file contains bytes that are not UTF-8.',
    '…: is only for a schema of Unity Catalog.',
  ),
  'The Azure CLI is not installed on this runner.': byAzureCli('not-az'),
  'The Azure CLI returned no token.': byAzureCli('az'),
  ...inOneRun(
    faulty({
      'oauth-scopes': "'secrets'",
      'workspace-id': 'my prod',
      schema: 'main.storage',
      prune: 'yes',
      concurrency: '100',
      'if-exists': 'overwrite',
    }),
    'oauth-scopes: not a list of API scopes.',
    'workspace-id: not a workspace id',
    'schema: cannot be set together with scope.',
    '…: must be true or false',
    '…: must be a … from … to …, in digits',
    'if-exists: must be update, compare or keep',
  ),
  ...inOneRun(
    faulty({
      permissions: [
        '=READ',
        'ada@example.com=READ',
        'Ada@example.com=MANAGE',
        'data\u200bteam=READ',
        'data-team: READ',
        'interns=READ SECRET',
      ].join('\n'),
    }),
    'no principal before the last equals sign',
    'same principal as … (names are case-insensitive).',
    'the principal contains an invisible character',
    'permissions, …: not a permission.',
    'READ SECRET is a privilege on a schema. On a scope, write READ',
  ),
  ...inOneRun(
    faulty(
      {},
      { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: '/no/such/file' }, allowStderr: true },
    ),
    'NODE_TLS_REJECT_UNAUTHORIZED: set to 0',
    'NODE_EXTRA_CA_CERTS: the file does not exist',
  ),
  ...inOneRun(
    faulty(
      {},
      { env: { NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2', NODE_DEBUG: 'http' }, allowStderr: true },
    ),
    'NODE_OPTIONS: contains …, so Node would show values',
    'NODE_DEBUG: set',
  ),
  'the input names no secret, so prune would delete the keys that it should name.': faulty({
    'secret-envs': '# none',
    prune: 'true',
  }),
}
