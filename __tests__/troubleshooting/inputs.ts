import { ahead } from '../e2e/sync-step.js'
import { withFile } from './files.js'
import { faulty, type Scenario, type Scenarios } from './scenario.js'

const MANY = Array.from({ length: 1_001 }, (_, index) => `k${index}=fake-value-${index}`).join('\n')

const AZURE = 'https://adb-1234567890123456.7.azuredatabricks.net'

/** Signs in by the Azure CLI, after an `azure/login` of sorts, on a runner whose PATH has this program alone. */
function byAzureCli(program: string): Scenario {
  return withFile(
    program,
    '#!/bin/sh\nexit 1\n',
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

/** What is wrong with the map. */
export const OF_THE_MAP: Scenarios = {
  'the value is empty, blank or null, which nearly always means that the secret is not visible to this job.':
    faulty({ secrets: 'blob:=null\nkey=' }),
  'not a line of the map.': faulty({ secrets: `tls-key=${PEM}` }),
  'not a line of the map: …': faulty({ secrets: 'export KEY=fake-value' }),
  'the value begins and ends with a quote': faulty({ secrets: 'blob="fake-value"' }),
  'the value is a placeholder for a missing value': faulty({ secrets: 'blob=null' }),
  'the value is only asterisks': faulty({ secrets: 'blob=***' }),
  'the value is an expression or a variable that was not evaluated.': faulty({ secrets: 'blob=${BLOB}' }),
  'the value is a reference to a 1Password item': faulty({ secrets: 'blob=op://fake/item/key' }),
  'the value is a pointer of Git LFS': faulty({
    secrets: 'blob:="version https://git-lfs.github.com/spec/v1\\noid sha256:fake"',
  }),
  'this is the whole secrets context': faulty({
    secrets: '{"A": "fake-value", "github_token": "fake-token"}',
  }),
  'These values look encrypted, or like a reference to a secret': faulty({ secrets: 'blob=encrypted:fake' }),
  'the value is a JSON object, but must be a string.': faulty({
    secrets: '{"data": {"A": "fake-value"}}',
  }),
  'nothing is left of the name after key-strip-prefix and key-case.': faulty({
    secrets: '{"PROD_": "fake-a", "PROD_B": "fake-b"}',
    'key-strip-prefix': 'PROD_',
    'key-prefix': 'app-',
  }),
  'key:= requires one JSON string': faulty({ secrets: 'blob:=fake-value' }),
  'the value is only an equals sign': faulty({ secrets: 'blob=fakebase64\nrest==' }),
  'the key contains a value of this map or a credential': faulty({
    secrets: 'a=fake-value\nfake-value=fake-b',
  }),
  'same key as … (keys are case-insensitive)': faulty({
    secrets: 'API_KEY=fake-a\napi_key=fake-b',
  }),
  'this name cannot be a key': faulty({ secrets: '{"A B": "fake-value"}' }),
  'not a valid JSON object.': faulty({ secrets: '{"a": "fake"' }),
  'there is more text after the JSON object': faulty({ secrets: '{"A": "fake"}\nb=fake-b' }),
  'the value of this name is not a string.': faulty({ secrets: '{"a": 1}' }),
  'the pattern matches no name of the map.': faulty({ secrets: '{"A": "fake"}', include: 'PROD_*' }),
  'the step has no environment variable of this name.': faulty({ 'secret-envs': 'blob=NO_SUCH' }),
  'the map has … keys, but a scope can contain at most 1,000.': faulty({ secrets: MANY }),
  'The value of … has fewer than 4 characters, or is an ordinary word.': faulty({ secrets: 'pin=abc' }),
  'The value of … contains a workflow command': faulty({ secrets: 'log=fake##[error]rest' }),
  'The masks of this run are limited': faulty({
    secrets: JSON.stringify(
      Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`k${n}`, `fake-${n}`.padEnd(90, 'x=/')])),
    ),
  }),
  'The value of … has no line of 4 characters or more, so it cannot be masked': faulty({
    secrets: 'codes:="ab\\ncd\\nef"',
  }),
  'no secret is named, neither here nor in secret-envs, secret-files or secrets-file': faulty({
    secrets: '',
  }),
  'no secret is named, and … cannot work without one.': faulty({
    secrets: '',
    'max-age-days': '90',
    verify: 'true',
  }),
  'the JSON object contains no secret for the map': faulty({
    secrets: '{"github_token": "fake-github-token"}',
  }),
  'the input names no secret, so prune would delete the keys that it should name.': faulty({
    'secret-envs': '# none',
    prune: 'true',
  }),
  'the map contains this name more than once': faulty({ secrets: '{"A": "fake-a", "A": "fake-b"}' }),
  'the key has more than … characters': faulty({
    secrets: `{"${'A'.repeat(128)}": "fake-a"}`,
    'key-prefix': 'app-',
  }),
  'no selected name of the map begins with this prefix.': faulty({
    secrets: '{"A": "fake-value"}',
    'key-strip-prefix': 'PROD_',
  }),
  'no key of the map begins with this prefix, and it is not added to the keys of lines.': faulty({
    'key-prefix': 'app-',
  }),
  'applies only to the names of a JSON or dotenv map, but there is none.': faulty({ include: 'PROD_*' }),
  'not a pattern. Write one per line': faulty({ secrets: '{"A": "fake"}', include: 'PROD_[AB]' }),
  'not a line of secret-….': faulty({ 'secret-envs': 'DB_PASSWORD' }),
  'the text contains U+FFFD, which replaces bytes that are not UTF-8.': faulty({
    secrets: 'blob=fake-\ufffd',
  }),
  '… was left out of the map: its value is a credential of this run.': faulty({
    secrets: '{"BLOB": "fake-value", "DATABRICKS_TOKEN": "fake-token-of-ada"}',
  }),
}

/** What is wrong with the other inputs. */
export const OF_OTHER_INPUTS: Scenarios = {
  '…: the action has no such input. Did you mean …?': faulty({ dryrun: 'true' }),
  'host: not set.': faulty({ host: '' }),
  'host: not a workspace address': faulty({ host: 'my workspace' }),
  'host: does not start with https://': faulty({ host: 'http://dbc-a1b2c3d4-e5f6.cloud.databricks.com' }),
  'host: is the address of the account console': faulty({ host: 'https://accounts.cloud.databricks.com' }),
  'host: contains a credential of this run': faulty({
    host: 'fake-token-of-ada',
    token: 'fake-token-of-ada',
  }),
  'token: not set, and client-id is not set either': faulty({ token: '' }),
  'auth-type: not set, and there are two authentication methods': faulty(
    { token: '' },
    { env: { DATABRICKS_TOKEN: 'fake-token', DATABRICKS_OIDC_TOKEN: 'fake-jwt' } },
  ),
  'auth-type: not set, and no authentication method uses … together': faulty({ 'client-id': 'fake-id' }),
  '… cannot be used with this host.': faulty({
    token: '',
    'azure-client-id': 'fake-id',
    'azure-tenant-id': 'fake-tenant',
    'azure-client-secret': 'fake-secret',
  }),
  'auth-type: … is incomplete': faulty({ 'auth-type': 'github-oidc', 'client-id': 'fake-id' }),
  '… is in quotes.': faulty({ token: '"fake-token"' }),
  'With auth-type …, these inputs are not used': faulty({ 'auth-type': 'pat', 'client-id': 'fake-id' }),
  'token: contains a space, a line break or a character that no token has.': faulty({ token: 'fake token' }),
  'client-id: the job cannot request an OIDC token': faulty({ token: '', 'client-id': 'fake-id' }),
  'client-id: is a number': faulty({ token: '', 'client-id': '1234567890123456', 'client-secret': 'fake' }),
  '… set, but authentication is incomplete': faulty({ token: '', 'client-secret': 'fake-secret' }),
  'The Azure CLI is not installed on this runner.': byAzureCli('not-az'),
  'The Azure CLI returned no token.': byAzureCli('az'),
  'host: contains a user name or password.': faulty({
    host: 'https://me:fake@dbc-a1b2c3d4-e5f6.cloud.databricks.com',
  }),
  'oauth-scopes: not a list of API scopes.': faulty({ 'oauth-scopes': "'secrets'" }),
  'workspace-id: not a workspace id': faulty({ 'workspace-id': 'my prod' }),
  'scope: not set.': faulty({ scope: ' ' }),
  '…: must be true or false': faulty({ prune: 'yes' }),
  '…: must be a … from … to …, in digits': faulty({ concurrency: '100' }),
  'if-exists: must be update, compare or keep': faulty({ 'if-exists': 'overwrite' }),
  'github-token: not set, but pr-comment requires it.': faulty({ 'pr-comment': 'true', 'github-token': ' ' }),
  'no principal before the last equals sign': faulty({ permissions: '=READ' }),
  'same principal as … (names are case-insensitive).': faulty({
    permissions: 'ada@example.com=READ\nAda@example.com=MANAGE',
  }),
  'the principal contains an invisible character': faulty({ permissions: 'data\u200bteam=READ' }),
  'permissions, …: not a permission.': faulty({ permissions: 'data-team: READ' }),
  'NODE_EXTRA_CA_CERTS: the file does not exist': faulty(
    {},
    { env: { NODE_EXTRA_CA_CERTS: '/no/such/file' }, allowStderr: true },
  ),
  'NODE_EXTRA_CA_CERTS: the file cannot be read, or is not a PEM file with certificates': faulty(
    {},
    { env: { NODE_EXTRA_CA_CERTS: import.meta.filename }, allowStderr: true },
  ),
  'NODE_OPTIONS: contains …, so Node would show values': faulty(
    {},
    { env: { NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2' } },
  ),
  'not a valid address of a proxy': faulty({}, { env: { https_proxy: 'http://' } }),
  'NODE_DEBUG: set': faulty({}, { env: { NODE_DEBUG: 'http' }, allowStderr: true }),
  'NODE_TLS_REJECT_UNAUTHORIZED: set to 0': faulty(
    {},
    { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, allowStderr: true },
  ),
}
