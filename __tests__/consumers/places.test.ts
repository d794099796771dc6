import { describe, expect, test } from '@jest/globals'

import { APPS } from '../../src/consumers/apps.js'
import { CLUSTER_POLICIES } from '../../src/consumers/cluster-policies.js'
import { CLUSTERS } from '../../src/consumers/clusters.js'
import { Findings } from '../../src/consumers/findings.js'
import { JOBS } from '../../src/consumers/jobs.js'
import { PIPELINES } from '../../src/consumers/pipelines.js'
import { ScopeIndex } from '../../src/consumers/scope-index.js'
import { SERVING_ENDPOINTS } from '../../src/consumers/serving-endpoints.js'
import { SQL_WAREHOUSES } from '../../src/consumers/sql-warehouses.js'
import type { WorkspaceKind } from '../../src/consumers/workspace-kind.js'
import type { JsonObject } from '../../src/databricks/response.js'
import { SecretValue } from '../../src/secret-value.js'

const VALUE = 'fake-Value-of-blob'

const SCOPE = { scope: 'Storage', keysOfRun: ['Blob'], existingKeys: ['Blob', 'tls-key', 'dir/sub', 'old'] }
const NESTED_SCOPE = { scope: 'team/prod', keysOfRun: ['blob'], existingKeys: [] }

/** Searches one item, and returns what is found, as short texts. */
function search(kind: WorkspaceKind, item: JsonObject) {
  const scopes = new ScopeIndex([SCOPE, NESTED_SCOPE], (key) => !key.includes('fake'))
  const findings = new Findings(scopes, [new SecretValue(VALUE), new SecretValue('short')])
  const found = findings.of({ kind: kind.kind, id: '1', name: undefined, ...kind.status(item) })
  for (const field of kind.fields(item)) found.addField(field)
  const { references, missing, unresolved, pasted } = findings
  return {
    references: references.map(({ scope, key, path }) => `${path}: ${scope}/${key}`),
    missing: missing.map(
      ({ scope, key, nearest, path }) => `${path}: ${scope}/${key ?? '?'}, ${nearest ?? '?'}`,
    ),
    unresolved: unresolved.map(({ scope, key, path }) => `${path}: ${scope}/${key ?? '?'}`),
    pasted: pasted.map(({ path }) => path),
  }
}

const NOTHING = { references: [], missing: [], unresolved: [], pasted: [] }

/** The path in which a text is found, and an item that contains the text there. */
type Place = readonly [path: string, kind: WorkspaceKind, item: (text: string) => JsonObject]

const docker = (text: string) => ({
  docker_image: { url: 'r/i', basic_auth: { username: 'u', password: text } },
})
const job = (settings: JsonObject): JsonObject => ({ job_id: 1, settings: { name: 'j', ...settings } })
const endpoint = (entity: JsonObject): JsonObject => ({
  name: 'e',
  config: { served_entities: [{ entity_name: 'first' }, entity] },
})
const external = (config: JsonObject): JsonObject =>
  endpoint({ external_model: { name: 'm', provider: 'p', task: 't', ...config } })

const RESOLVED: readonly Place[] = [
  ['spark_conf.spark.hadoop.key', CLUSTERS, (text) => ({ spark_conf: { a: 'b', 'spark.hadoop.key': text } })],
  ['spark_env_vars.TOKEN', CLUSTERS, (text) => ({ spark_env_vars: { A: 'b', TOKEN: text } })],
  ['docker_image.basic_auth.password', CLUSTERS, docker],
  [
    'docker_image.basic_auth.username',
    CLUSTERS,
    (text) => ({ docker_image: { basic_auth: { username: text, password: 'p' } } }),
  ],
  [
    'job_clusters[1].new_cluster.spark_conf.key',
    JOBS,
    (text) => job({ job_clusters: [{}, { new_cluster: { spark_conf: { key: text } } }] }),
  ],
  [
    'job_clusters[0].new_cluster.docker_image.basic_auth.password',
    JOBS,
    (text) => job({ job_clusters: [{ new_cluster: docker(text) }] }),
  ],
  [
    'tasks[0].new_cluster.spark_env_vars.A',
    JOBS,
    (text) => job({ tasks: [{ new_cluster: { spark_env_vars: { A: text } } }] }),
  ],
  [
    'tasks[1].for_each_task.task.new_cluster.spark_conf.key',
    JOBS,
    (text) =>
      job({ tasks: [{}, { for_each_task: { task: { new_cluster: { spark_conf: { key: text } } } } }] }),
  ],
  [
    'definition.spark_conf.key.value',
    CLUSTER_POLICIES,
    (text) => ({ definition: JSON.stringify({ 'spark_conf.key': { type: 'fixed', value: text } }) }),
  ],
  ['definition.key', CLUSTER_POLICIES, (text) => ({ definition: escaped(JSON.stringify({ key: text })) })],
  [
    'policy_family_definition_overrides.a[1].value',
    CLUSTER_POLICIES,
    (text) => ({
      definition: '{}',
      policy_family_definition_overrides: JSON.stringify({ a: [{}, { value: text }] }),
    }),
  ],
  ['definition', CLUSTER_POLICIES, (text) => ({ definition: `{ not JSON: ${text}` })],
  [
    'spec.clusters[0].spark_conf.key',
    PIPELINES,
    (text) => ({ spec: { clusters: [{ spark_conf: { key: text } }] } }),
  ],
  [
    'spec.clusters[1].spark_env_vars.KEY',
    PIPELINES,
    (text) => ({ spec: { clusters: [{}, { spark_env_vars: { KEY: text } }] } }),
  ],
  ['spec.configuration.key', PIPELINES, (text) => ({ spec: { configuration: { key: text } } })],
  [
    'config.served_entities[1].environment_vars.KEY',
    SERVING_ENDPOINTS,
    (text) => endpoint({ environment_vars: { KEY: text } }),
  ],
  [
    'pending_config.served_entities[0].environment_vars.KEY',
    SERVING_ENDPOINTS,
    (text) => ({ pending_config: { served_entities: [{ environment_vars: { KEY: text } }] } }),
  ],
  [
    'config.served_models[0].environment_vars.KEY',
    SERVING_ENDPOINTS,
    (text) => ({ config: { served_models: [{ environment_vars: { KEY: text } }] } }),
  ],
  [
    'config.served_entities[1].external_model.openai_config.openai_api_key',
    SERVING_ENDPOINTS,
    (text) => external({ openai_config: { openai_api_key: text } }),
  ],
  [
    'config.served_entities[1].external_model.amazon_bedrock_config.aws_secret_access_key',
    SERVING_ENDPOINTS,
    (text) => external({ amazon_bedrock_config: { aws_secret_access_key: text } }),
  ],
  [
    'config.served_entities[1].external_model.openai_config.microsoft_entra_client_secret',
    SERVING_ENDPOINTS,
    (text) => external({ openai_config: { microsoft_entra_client_secret: text } }),
  ],
  [
    'config.served_entities[1].external_model.custom_provider_config.bearer_token_auth.token',
    SERVING_ENDPOINTS,
    (text) => external({ custom_provider_config: { bearer_token_auth: { token: text } } }),
  ],
  [
    'data_access_config[1].value',
    SQL_WAREHOUSES,
    (text) => ({
      data_access_config: [
        { key: 'a', value: 'b' },
        { key: 'c', value: text },
      ],
    }),
  ],
]

/** Each way to write a reference, and what it means. */
const SPELLINGS: readonly (readonly [text: string, found: readonly string[], missing?: readonly string[]])[] =
  [
    ['{{secrets/Storage/Blob}}', ['Storage/Blob']],
    ['{{secrets/storage/blob}}', ['Storage/Blob']],
    ['{{SECRETS/STORAGE/TLS-KEY}}', ['Storage/tls-key']],
    [
      'jdbc:x?user={{secrets/storage/old}}&password={{secrets/storage/blob}};',
      ['Storage/old', 'Storage/Blob'],
    ],
    ['{{{secrets/storage/blob}}}', ['Storage/Blob']],
    ['{{secrets/{{secrets/storage/blob}}', ['Storage/Blob']],
    ['{{secrets/storage/dir/sub}}', ['Storage/dir/sub']],
    ['{{secrets/team/prod/blob}}', ['team/prod/blob']],
    ['{{secrets/storage/blob}}{{secrets/Storage/BLOB}}', ['Storage/Blob']],
    ['{{secrets/storage/bolb1}}', [], ['Storage/bolb1, ?']],
    ['{{secrets/storage/tls_key}}', [], ['Storage/tls_key, tls-key']],
    ['{{secrets/storage/blob }}', [], ['Storage/?, Blob']],
    ['{{secrets/storage/tls-key }}', [], ['Storage/?, tls-key']],
    ['{{secrets/storage/fake-name}}', []],
    ['{{ secrets/storage/blob }}', []],
    ['{{secrets /storage/blob}}', []],
    ['{secrets/storage/blob}', []],
    ['{{secrets/storage/blob}', []],
    ['{{secrets/storage/\nblob}}', []],
    ['{{secrets/storage}}', []],
    ['{{secrets/other/blob}}', []],
    ['{{secrets/storage2/blob}}', []],
    ['\\{\\{secrets/storage/blob\\}\\}', []],
    ['secrets/storage/blob', []],
    ['', []],
  ]

const escaped = (json: string): string => json.replaceAll('/', '\\/').replaceAll('{{', '\\u007b{')

describe.each(RESOLVED)('%s', (path, kind, item) => {
  test.each(SPELLINGS)('with %j', (text, found, missing = []) => {
    expect(search(kind, item(text))).toEqual({
      ...NOTHING,
      references: found.map((key) => `${path}: ${key}`),
      missing: missing.map((key) => `${path}: ${key}`),
    })
  })

  test('with a value of this run in plain text', () => {
    expect(search(kind, item(`password=${VALUE};`))).toEqual({ ...NOTHING, pasted: [path] })
    expect(search(kind, item('short fake-Value-of-blo'))).toEqual(NOTHING)
  })

  test.each([null, 7, true, [], {}, [null], { a: null }])('with %j', (other) => {
    expect(search(kind, item(other as unknown as string))).toEqual(NOTHING)
  })
})

const UNRESOLVED: readonly Place[] = [
  ['parameters[0].default', JOBS, (text) => job({ parameters: [{ name: 'a', default: text }] })],
  ...Object.entries({
    notebook_task: 'base_parameters.a',
    python_wheel_task: 'named_parameters.a',
    run_job_task: 'job_parameters.a',
    sql_task: 'parameters.a',
  }).map(([type, path]): Place => {
    const [field = ''] = path.split('.')
    return [
      `tasks[0].${type}.${path}`,
      JOBS,
      (text) => job({ tasks: [{ [type]: { [field]: { a: text } } }] }),
    ]
  }),
  ...['spark_python_task', 'python_wheel_task', 'spark_jar_task', 'spark_submit_task'].map((type): Place => [
    `tasks[0].${type}.parameters[1]`,
    JOBS,
    (text) => job({ tasks: [{ [type]: { parameters: ['a', text] } }] }),
  ]),
  [
    'tasks[0].run_job_task.python_named_params.a',
    JOBS,
    (text) => job({ tasks: [{ run_job_task: { python_named_params: { a: text } } }] }),
  ],
  ['tasks[0].for_each_task.inputs', JOBS, (text) => job({ tasks: [{ for_each_task: { inputs: text } }] })],
  [
    'tasks[0].for_each_task.task.notebook_task.base_parameters.a',
    JOBS,
    (text) =>
      job({ tasks: [{ for_each_task: { task: { notebook_task: { base_parameters: { a: text } } } } }] }),
  ],
]

// The code of the job gets this text in place of the value.
describe.each(UNRESOLVED)('%s', (path, kind, item) => {
  test.each([
    ['{{secrets/storage/blob}}', ['Storage/Blob']],
    ['x{{secrets/storage/other}}', ['Storage/other']],
    ['{{secrets/elsewhere/blob}}', []],
    ['{{job.parameters.blob}}', []],
  ])('with %j is not resolved', (text, keys) => {
    expect(search(kind, item(text))).toEqual({ ...NOTHING, unresolved: keys.map((key) => `${path}: ${key}`) })
  })

  test('with a value of this run in plain text', () => {
    expect(search(kind, item(VALUE))).toEqual({ ...NOTHING, pasted: [path] })
  })
})

describe('a secret of an app', () => {
  const app = (secret: unknown): JsonObject => ({
    name: 'a',
    resources: [{ name: 'x', job: {} }, { secret }],
  })
  test.each([
    [{ scope: 'Storage', key: 'Blob', permission: 'READ' }, ['resources[1].secret: Storage/Blob'], []],
    [{ scope: 'STORAGE', key: 'TLS-key' }, ['resources[1].secret: Storage/tls-key'], []],
    [{ scope: 'team/prod', key: 'BLOB' }, ['resources[1].secret: team/prod/blob'], []],
    [{ scope: 'storage', key: 'olds' }, [], ['resources[1].secret: Storage/olds, old']],
    [{ scope: 'storage', key: 'tls.key' }, [], ['resources[1].secret: Storage/tls.key, tls-key']],
    [{ scope: 'other', key: 'Blob' }, [], []],
    [{ scope: 'Storage' }, [], []],
    [{ key: 'Blob' }, [], []],
    [{ scope: 1, key: 'Blob' }, [], []],
    [null, [], []],
    ['{{secrets/storage/blob}}', [], []],
  ])('%j', (secret, references, missing) => {
    expect(search(APPS, app(secret))).toEqual({ ...NOTHING, references, missing })
  })
})

// A reference in another field means nothing to the workspace.
test.each<[string, WorkspaceKind, (text: string) => JsonObject]>([
  ['a tag of a cluster', CLUSTERS, (text) => ({ custom_tags: { a: text }, cluster_name: text })],
  ['the image of a cluster', CLUSTERS, (text) => ({ docker_image: { url: text } })],
  ['the name of a job', JOBS, (text) => job({ name: text, tags: { a: text }, description: text })],
  ['the path of a notebook', JOBS, (text) => job({ tasks: [{ notebook_task: { notebook_path: text } }] })],
  ['the name of a policy', CLUSTER_POLICIES, (text) => ({ name: text, description: text, definition: '{}' })],
  ['the storage of a pipeline', PIPELINES, (text) => ({ spec: { storage: text, name: text }, name: text })],
  ['the name of a model', SERVING_ENDPOINTS, (text) => endpoint({ entity_name: text })],
  ['a copy of a credential', SERVING_ENDPOINTS, (text) => external({ a_config: { key_plaintext: text } })],
  ['the description of an app', APPS, (text) => ({ description: text, resources: [{ description: text }] })],
  ['another setting of warehouses', SQL_WAREHOUSES, (text) => ({ instance_profile_arn: text })],
])('%s is not searched for references', (_, kind, item) => {
  expect(search(kind, item('{{secrets/storage/blob}}'))).toEqual(NOTHING)
})

test('a copy of a credential in an endpoint is searched for values', () => {
  const path = 'config.served_entities[1].external_model.a_config.key_plaintext'
  expect(search(SERVING_ENDPOINTS, external({ a_config: { key_plaintext: VALUE } }))).toEqual({
    ...NOTHING,
    pasted: [path],
  })
})

// People paste secrets as names, too.
test('a path shows no name with unusual characters', () => {
  const cluster = { spark_conf: { 'a b=::warning::c': '{{secrets/storage/blob}}' } }
  expect(search(CLUSTERS, cluster).references).toEqual(['spark_conf.*: Storage/Blob'])
})

test('a policy of any depth is searched', () => {
  const depth = 50_000
  const definition = `${'{"a":'.repeat(depth)}"{{secrets/storage/blob}}"${'}'.repeat(depth)}`
  expect(search(CLUSTER_POLICIES, { definition }).references).toHaveLength(1)
})

test.each<[WorkspaceKind, JsonObject, string]>([
  [CLUSTERS, { state: 'RUNNING' }, 'running restart'],
  [CLUSTERS, { state: 'PENDING' }, 'running restart'],
  [CLUSTERS, { state: 'RESIZING' }, 'running restart'],
  [CLUSTERS, { state: 'RESTARTING' }, 'running restart'],
  [CLUSTERS, { state: 'TERMINATING' }, 'stopped none'],
  [CLUSTERS, { state: 'TERMINATED' }, 'stopped none'],
  [CLUSTERS, { state: 'ERROR' }, 'unknown restart'],
  [CLUSTERS, {}, 'unknown restart'],
  [JOBS, job({}), 'unknown next-run'],
  [JOBS, {}, 'unknown next-run'],
  [JOBS, job({ continuous: { pause_status: 'UNPAUSED' } }), 'running restart'],
  [JOBS, job({ continuous: {} }), 'running restart'],
  [JOBS, job({ continuous: { pause_status: 'PAUSED' } }), 'unknown next-run'],
  [CLUSTER_POLICIES, {}, 'unknown none'],
  [PIPELINES, { state: 'RUNNING', spec: { continuous: true } }, 'running restart'],
  [PIPELINES, { state: 'RUNNING', spec: { continuous: false } }, 'running next-run'],
  [PIPELINES, { state: 'STARTING', spec: {} }, 'running next-run'],
  [PIPELINES, { state: 'IDLE', spec: { continuous: true } }, 'stopped next-run'],
  [PIPELINES, { state: 'FAILED' }, 'stopped next-run'],
  [PIPELINES, { spec: { continuous: true } }, 'unknown restart'],
  [SERVING_ENDPOINTS, { state: { ready: 'READY' } }, 'running update'],
  [SERVING_ENDPOINTS, { state: { ready: 'NOT_READY' } }, 'unknown update'],
  [SERVING_ENDPOINTS, {}, 'unknown update'],
  [APPS, { compute_status: { state: 'ACTIVE' } }, 'running redeploy'],
  [APPS, { compute_status: { state: 'STARTING' } }, 'running redeploy'],
  [APPS, { compute_status: { state: 'STOPPED' } }, 'stopped redeploy'],
  [APPS, { compute_status: { state: 'ERROR' } }, 'unknown redeploy'],
  [APPS, {}, 'unknown redeploy'],
  [SQL_WAREHOUSES, {}, 'unknown restart'],
])('row %#: the state of a consumer, and what makes it take a new value', (kind, item, expected) => {
  const { state, action } = kind.status(item)
  expect(`${state} ${action}`).toBe(expected)
})

// The wrong suggestion sends somebody to another secret.
test.each([
  ['databse-key', 'database-key'],
  ['database_key', 'database-key'],
  ['database-kye2', 'database-key2'],
  ['Database-Key3', 'database-key'],
  ['something-else', undefined],
])('for the missing key %s, the most similar key is %p', (key, nearest) => {
  for (const existingKeys of [
    ['database-key', 'database-key2'],
    ['database-key2', 'database-key'],
  ]) {
    const target = new ScopeIndex([{ scope: 's', keysOfRun: [], existingKeys }], () => true).find('s', key)
    // Of equally similar keys, the first one.
    const expected = key === 'Database-Key3' ? existingKeys[0] : nearest
    expect(target).toEqual({ scope: 's', missing: { key, nearest: expected } })
  }
})
