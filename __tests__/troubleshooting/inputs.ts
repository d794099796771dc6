import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { against, faulty, type Scenario, type Scenarios } from './scenario.js'

/** Runs the action with a file of 200,000 bytes in its workspace folder. */
function withFile(inputs: Record<string, string>): Scenario {
  return async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'troubleshooting-'))
    try {
      await writeFile(path.join(folder, 'large'), Buffer.alloc(200_000, 1))
      return await against({}, () => undefined, inputs, { workspace: folder })
    } finally {
      await rm(folder, { recursive: true })
    }
  }
}

const MANY = Array.from({ length: 1_001 }, (_, index) => `k${index}=fake-value-${index}`).join('\n')

const PEM = '-----BEGIN FAKE KEY-----\nfake+line/one\nfake+line/two\n-----END FAKE KEY-----'

/** What is wrong with the map. */
export const OF_THE_MAP: Scenarios = {
  'the value is empty, blank or null, which nearly always means that the secret is not visible to this job.':
    faulty({ secrets: 'blob:=null\nkey=' }),
  'not a line of the map.': faulty({ secrets: `tls-key=${PEM}` }),
  'key:= takes one JSON string': faulty({ secrets: 'blob:=fake-value' }),
  'the value is "=" alone': faulty({ secrets: 'blob=fakebase64\nrest==' }),
  'the key contains a value of this map or a credential': faulty({ secrets: 'a=fake-value\nfake-value=b' }),
  'the key repeats that of …, since Databricks does not tell upper from lower case': faulty({
    secrets: 'API_KEY=fake-a\napi_key=fake-b',
  }),
  'this name cannot be a key': faulty({ secrets: '{"A B": "fake-value"}' }),
  'this is not a JSON object.': faulty({ secrets: '{"a": "fake"' }),
  'the value of this name is not a string.': faulty({ secrets: '{"a": 1}' }),
  'the pattern matches no name of the map.': faulty({ secrets: '{"A": "fake"}', include: 'PROD_*' }),
  'there is no environment variable of this name in the step.': faulty({ 'secret-envs': 'blob=NO_SUCH' }),
  'there is no such file. Check the path': withFile({ 'secret-files': 'blob=no/such' }),
  'the path leads out of the workspace folder.': withFile({ 'secret-files': 'blob=..' }),
  'the value is larger than 131,072 bytes': withFile({ 'secret-files': 'blob=large' }),
  'the map has … keys, and a scope holds 1,000 at most.': faulty({ secrets: MANY }),
  'The value of … has fewer than 4 characters.': faulty({ secrets: 'pin=abc' }),
  'The value of … has no line of 4 characters or more, so it cannot be masked': faulty({
    secrets: 'codes:="ab\\ncd\\nef"',
  }),
}

/** What is wrong with the other inputs. */
export const OF_OTHER_INPUTS: Scenarios = {
  'host: not set.': faulty({ host: '' }),
  'host: not the address of a workspace': faulty({ host: 'my workspace' }),
  'host: does not start with https://': faulty({ host: 'http://dbc-a1b2c3d4-e5f6.cloud.databricks.com' }),
  'host: this is the account console': faulty({ host: 'https://accounts.cloud.databricks.com' }),
  'host: contains what this run signs in with': faulty({
    host: 'fake-token-of-ada',
    token: 'fake-token-of-ada',
  }),
  'token: not set, and no other way to sign in is complete': faulty({ token: '' }),
  'auth-type: not set, and there are two ways to sign in': faulty({
    'client-id': 'fake-id',
    'client-secret': 'fake-secret',
  }),
  'auth-type: … lacks a workspace of Azure': faulty({
    'auth-type': 'azure-client-secret',
    'azure-client-id': 'fake-id',
    'azure-tenant-id': 'fake-tenant',
    'azure-client-secret': 'fake-secret',
  }),
  'auth-type: … lacks the permission of the job': faulty({
    'auth-type': 'github-oidc',
    'client-id': 'fake-id',
  }),
  'token: holds a blank, a line break or a character that no token has.': faulty({ token: 'fake token' }),
  'permissions, …: not a line of permissions.': faulty({ permissions: 'data-team: READ' }),
  'NODE_EXTRA_CA_CERTS: there is no such file': faulty(
    {},
    { env: { NODE_EXTRA_CA_CERTS: '/no/such/file' }, allowStderr: true },
  ),
  'NODE_DEBUG: set': faulty({}, { env: { NODE_DEBUG: 'http' }, allowStderr: true }),
  'NODE_TLS_REJECT_UNAUTHORIZED: set to 0': faulty(
    {},
    { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, allowStderr: true },
  ),
}
