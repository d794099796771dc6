import { describe, expect, test } from '@jest/globals'

import { apiError, json, plainJson, type Reply } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { CONSUMER_KINDS, type ConsumerKind } from '../../src/consumers/consumer.js'
import { searchConsumers, type ConsumerQuery } from '../../src/consumers/search-consumers.js'
import { SecretValue } from '../../src/secret-value.js'
import { connect } from '../databricks/connect.js'
import { start } from '../emulator/wire.js'

const REFERENCE = '{{secrets/storage/blob}}'
const VALUE = 'fake-value-of-this-run'

const QUERY = {
  scopes: [{ scope: 'storage', keysOfRun: ['blob'], existingKeys: ['blob', 'old'] }],
  values: [new SecretValue(VALUE)],
  isPrintableName: () => true,
  workspaceFolder: undefined,
  cancelled: new AbortController().signal,
}

const conf = (text = REFERENCE) => ({ spark_conf: { 'spark.password': text } })

/** The path of the list of each kind, the field of its items, and two items with a reference. */
const LISTS = {
  cluster: [
    '/api/2.1/clusters/list',
    'clusters',
    { cluster_id: '0101-c1', cluster_name: 'Shared', state: 'RUNNING', ...conf() },
    { cluster_id: '0101-c2', state: 'TERMINATED', ...conf() },
  ],
  job: [
    '/api/2.2/jobs/list',
    'jobs',
    { job_id: 11, settings: { name: 'Nightly', job_clusters: [{ new_cluster: conf() }] } },
    { job_id: 12, settings: { tasks: [{ new_cluster: conf() }] } },
  ],
  'cluster-policy': [
    '/api/2.0/policies/clusters/list',
    'policies',
    { policy_id: 'A1', name: 'Default', definition: JSON.stringify({ x: { value: REFERENCE } }) },
    { policy_id: 'A2', definition: JSON.stringify({ x: { value: REFERENCE } }) },
  ],
  pipeline: [
    '/api/2.0/pipelines',
    'statuses',
    { pipeline_id: 'p-1', name: 'Orders', state: 'RUNNING' },
    { pipeline_id: 'p-2', state: 'IDLE' },
  ],
  'serving-endpoint': ['/api/2.0/serving-endpoints', 'endpoints', { name: 'chat' }, { name: 'embed' }],
  app: [
    '/api/2.0/apps',
    'apps',
    { name: 'front', resources: [{ secret: { scope: 'storage', key: 'blob' } }] },
    { name: 'back', resources: [{ secret: { scope: 'storage', key: 'blob' } }] },
  ],
  'sql-warehouses': [
    '/api/2.0/sql/config/warehouses',
    '',
    { data_access_config: [{ key: 'a', value: REFERENCE }] },
    {},
  ],
} satisfies Record<Exclude<ConsumerKind, 'repository'>, [string, string, object, object]>

type WorkspaceKindName = keyof typeof LISTS
const KINDS = Object.keys(LISTS) as WorkspaceKindName[]

const PATH_OF_ME = '/api/2.0/preview/scim/v2/Me'

/** The response of a workspace with two items of each kind, on pages of one item. */
function respond(path: string, query: Readonly<Record<string, string>>): Reply | undefined {
  if (path === PATH_OF_ME) return json(200, { userName: 'a@b.c', groups: [{ display: 'users' }] })
  for (const kind of KINDS) {
    const [list, field, first, second] = LISTS[kind]
    if (path.startsWith(`${list}/`)) return json(200, details(kind, path.slice(list.length + 1)))
    if (path !== list) continue
    if (kind === 'sql-warehouses') return json(200, first)
    if (kind === 'cluster-policy' || kind === 'serving-endpoint')
      return json(200, { [field]: [first, second] })
    if (query['page_token'] === undefined)
      return json(200, { [field]: [first], next_page_token: 'next', prev_page_token: '' })
    return json(200, { [field]: [second], next_page_token: '' })
  }
  return undefined
}

function details(kind: ConsumerKind, id: string): object {
  return kind === 'pipeline'
    ? {
        pipeline_id: id,
        state: id === 'p-1' ? 'RUNNING' : 'IDLE',
        spec: { continuous: true, clusters: [conf()] },
      }
    : {
        name: id,
        state: { ready: 'READY' },
        config: { served_entities: [{ environment_vars: { KEY: REFERENCE } }] },
      }
}

type Change = (path: string, query: Readonly<Record<string, string>>) => Reply | undefined

async function open(change: Change = () => undefined): Promise<EmulatedWorkspace> {
  const workspace = await start()
  workspace.intercept(({ path, query: parameters }) => {
    const query = Object.fromEntries(parameters)
    return change(path, query) ?? respond(path, query) ?? plainJson(404, {})
  })
  return workspace
}

async function search(workspace: EmulatedWorkspace, query: Partial<ConsumerQuery> = {}, retryTimeoutMs = 0) {
  const { client } = connect(workspace, 'ada', retryTimeoutMs)
  return await searchConsumers(client, { ...QUERY, ...query })
}

const SEARCHED = (items: number, notSearched = 0) => ({
  status: 'searched',
  items,
  notSearched,
  truncated: false,
})

describe('the search of a workspace', () => {
  test('finds the references of all kinds, over pages of one item', async () => {
    const workspace = await open()
    const { references, missing, unresolved, pasted, kinds, isAdmin } = await search(workspace)
    expect(
      references.map(({ consumer: { kind, id, state, action }, key }) => [kind, id, state, action, key]),
    ).toEqual([
      ['cluster', '0101-c1', 'running', 'restart', 'blob'],
      ['cluster', '0101-c2', 'stopped', 'none', 'blob'],
      ['job', '11', 'unknown', 'next-run', 'blob'],
      ['job', '12', 'unknown', 'next-run', 'blob'],
      ['cluster-policy', 'A1', 'unknown', 'none', 'blob'],
      ['cluster-policy', 'A2', 'unknown', 'none', 'blob'],
      ['pipeline', 'p-1', 'running', 'restart', 'blob'],
      ['pipeline', 'p-2', 'stopped', 'next-run', 'blob'],
      ['serving-endpoint', 'chat', 'running', 'update', 'blob'],
      ['serving-endpoint', 'embed', 'running', 'update', 'blob'],
      ['app', 'front', 'unknown', 'redeploy', 'blob'],
      ['app', 'back', 'unknown', 'redeploy', 'blob'],
      ['sql-warehouses', 'warehouses', 'unknown', 'restart', 'blob'],
    ])
    expect(references[0]?.consumer.name).toBe('Shared')
    expect(references[1]?.consumer.name).toBeUndefined()
    expect([missing, unresolved, pasted]).toEqual([[], [], []])
    expect(Object.keys(kinds)).toEqual(CONSUMER_KINDS)
    for (const kind of KINDS)
      expect([kind, kinds[kind]]).toEqual([kind, SEARCHED(kind === 'sql-warehouses' ? 1 : 2)])
    expect(kinds.repository).toEqual({ status: 'not-available' })
    expect(isAdmin).toBe(false)
  })

  test('only reads, in documented pages, and asks once for the groups', async () => {
    const workspace = await open()
    await search(workspace)
    const requests = workspace.requests.all
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(requests.filter(({ path }) => path === PATH_OF_ME)).toHaveLength(1)
    expect(requests).toHaveLength(1 + 2 + 2 + 1 + (2 + 2) + (1 + 2) + 2 + 1)
    const queries = new Map(requests.map(({ path, query }) => [path, Object.fromEntries(query)]))
    expect(queries.get('/api/2.1/clusters/list')).toMatchObject({ page_size: '100', page_token: 'next' })
    expect(queries.get('/api/2.2/jobs/list')).toEqual({
      expand_tasks: 'true',
      limit: '25',
      page_token: 'next',
    })
    expect(queries.get('/api/2.0/pipelines')).toEqual({ max_results: '100', page_token: 'next' })
    expect(queries.get('/api/2.0/apps')).toEqual({ page_size: '100', page_token: 'next' })
  })

  test.each([
    [[{ display: 'admins' }], true],
    [[{ display: 'Admins of data' }], false],
    [undefined, false],
  ])('knows from the groups %j whether it saw everything', async (groups, isAdmin) => {
    const workspace = await open((path) =>
      path === PATH_OF_ME ? json(200, { userName: 'a', groups }) : undefined,
    )
    expect((await search(workspace)).isAdmin).toBe(isAdmin)
  })

  test('does not read an identity that the run has read before', async () => {
    const workspace = await open()
    expect((await search(workspace, { identity: { name: 'a', groups: ['admins'] } })).isAdmin).toBe(true)
    expect(workspace.requests.all.map(({ path }) => path)).not.toContain(PATH_OF_ME)
  })

  test('works without an identity', async () => {
    const workspace = await open((path) =>
      path === PATH_OF_ME ? apiError(403, 'PERMISSION_DENIED', '') : undefined,
    )
    const { isAdmin, references } = await search(workspace)
    expect(isAdmin).toBeUndefined()
    expect(references).toHaveLength(13)
  })

  test('reports missing keys, parameters and pasted values', async () => {
    const items = [
      {
        job_id: 1,
        settings: { parameters: [{ default: REFERENCE }], tasks: [{ new_cluster: conf(VALUE) }] },
      },
      { job_id: 2, settings: { tasks: [{ new_cluster: conf('{{secrets/storage/blobb}}') }] } },
    ]
    const workspace = await open((path) => (path === LISTS.job[0] ? json(200, { jobs: items }) : undefined))
    const { missing, unresolved, pasted } = await search(workspace)
    expect(unresolved).toMatchObject([{ consumer: { id: '1' }, key: 'blob', path: 'parameters[0].default' }])
    expect(pasted).toMatchObject([
      { consumer: { id: '1' }, path: 'tasks[0].new_cluster.spark_conf.spark.password' },
    ])
    expect(missing).toMatchObject([{ consumer: { id: '2' }, key: 'blobb', nearest: 'blob' }])
  })

  test('reads all pages of a job with more tasks than the list has', async () => {
    const item = { job_id: 7, has_more: true, settings: { name: 'big', tasks: [{ new_cluster: conf() }] } }
    const page = (key: string) => ({
      job_id: 7,
      settings: { tasks: [{ new_cluster: conf(`{{secrets/storage/${key}}}`) }, { new_cluster: conf() }] },
    })
    const workspace = await open((path, { page_token: token, job_id: id }) => {
      if (path === LISTS.job[0]) return json(200, { jobs: [item] })
      if (path !== '/api/2.2/jobs/get' || id !== '7') return undefined
      return token === undefined
        ? json(200, { ...page('old'), next_page_token: 'x' })
        : json(200, page('third'))
    })
    const { references, missing, kinds } = await search(workspace)
    const ofJob = [...references, ...missing].filter(({ consumer }) => consumer.kind === 'job')
    expect(ofJob.map(({ key, consumer }) => [key, consumer.id, consumer.name])).toEqual([
      ['blob', '7', 'big'],
      ['old', '7', 'big'],
      ['third', '7', 'big'],
    ])
    expect(kinds.job).toEqual(SEARCHED(1))
  })

  test('asks again for half of a page that is too long', async () => {
    const sizes: (string | undefined)[] = []
    const long = 'x'.repeat(200_000)
    const workspace = await open((path, { limit, page_token: token }) => {
      if (path !== LISTS.job[0]) return undefined
      sizes.push(`${String(limit)} ${token ?? ''}`)
      const jobs = Array.from({ length: Number(limit) }, (_, id) => ({
        job_id: id,
        settings: { description: long, tasks: [{ new_cluster: conf() }] },
      }))
      return json(200, { jobs, ...(token === undefined && { next_page_token: 'x' }) })
    })
    const { kinds } = await search(workspace)
    // 21 of these jobs exceed 4 MiB.
    expect(sizes).toEqual(['25 ', '12 ', '12 x'])
    expect(kinds.job).toEqual(SEARCHED(24))
  })

  test('reports a kind as failed if a page of one item is too long', async () => {
    const page = json(200, { policies: [{ policy_id: 'a', definition: 'x'.repeat(5 * 1024 * 1024) }] })
    const workspace = await open((path) => (path === LISTS['cluster-policy'][0] ? page : undefined))
    const { kinds, references } = await search(workspace)
    expect(kinds['cluster-policy']).toMatchObject({ status: 'failed', transient: false, httpStatus: 200 })
    expect(references).toHaveLength(11)
  })
})

// "Nobody uses this key" must never be the result of a failed read.
describe.each(KINDS)('the kind %s', (kind) => {
  const [list] = LISTS[kind]
  const expected = (own: number): number => 13 - (kind === 'sql-warehouses' ? 1 : 2) + own

  test.each([
    ['a refusal', apiError(403, 'PERMISSION_DENIED', 'hidden text'), { status: 'not-checked', items: 0 }],
    ['a missing call', apiError(404, 'ENDPOINT_NOT_FOUND', 'hidden text'), { status: 'not-available' }],
    ['a 404 without JSON', { status: 404, headers: {}, body: 'hidden text' }, { status: 'not-available' }],
    ['a disabled feature', apiError(400, 'FEATURE_DISABLED', 'hidden text'), { status: 'not-available' }],
    [
      'an outage',
      apiError(503, 'TEMPORARILY_UNAVAILABLE', 'hidden text'),
      {
        status: 'failed',
        items: 0,
        transient: true,
        failure: 'error-response',
        httpStatus: 503,
        errorCode: 'TEMPORARILY_UNAVAILABLE',
      },
    ],
    [
      'an unknown error',
      apiError(400, 'INVALID_PARAMETER_VALUE', 'hidden text'),
      { status: 'failed', transient: false, httpStatus: 400, errorCode: 'INVALID_PARAMETER_VALUE' },
    ],
    [
      'a page that is no JSON',
      { status: 200, headers: {}, body: 'hidden text' },
      { status: 'failed', transient: false, failure: 'unexpected-response' },
    ],
  ])('with %s has its status, and the others are searched', async (_, reply, status) => {
    const workspace = await open((path) => (path === list ? reply : undefined))
    const result = await search(workspace)
    expect(result.kinds[kind]).toMatchObject(status)
    expect(result.references).toHaveLength(expected(0))
    expect(JSON.stringify(result)).not.toContain('hidden')
  })

  test.each([
    ['no items', {}],
    ['null', { [LISTS[kind][1]]: null }],
    ['items that are no objects', { [LISTS[kind][1]]: [null, 7, 'x', []] }],
  ])('with %s has nothing', async (_, page) => {
    const workspace = await open((path) => (path === list ? json(200, page) : undefined))
    const { kinds, references } = await search(workspace)
    expect(kinds[kind].status).toBe('searched')
    expect(references).toHaveLength(expected(0))
  })

  test('with items that have no id and unusual fields does not stop the search', async () => {
    const page = { [LISTS[kind][1]]: [{}, { settings: 'x', state: 7, resources: {}, definition: [1] }] }
    const workspace = await open((path) => (path === list ? json(200, page) : undefined))
    expect((await search(workspace)).kinds[kind].status).toBe('searched')
  })
})

test.each(['cluster', 'job', 'pipeline', 'app'] as const)(
  'the kind %s has failed if its second page fails, or if the pages do not end',
  async (kind) => {
    const [list, field, item] = LISTS[kind]
    for (const second of [
      apiError(500, 'INTERNAL_ERROR', ''),
      json(200, { [field]: [], next_page_token: 'x' }),
    ]) {
      const workspace = await open((path, { page_token: token }) => {
        if (path !== list) return undefined
        return token === undefined ? json(200, { [field]: [item], next_page_token: 'x' }) : second
      })
      const { kinds, references } = await search(workspace)
      expect(kinds[kind]).toMatchObject({ status: 'failed', items: 1 })
      expect(references.filter(({ consumer }) => consumer.kind === kind)).toHaveLength(1)
      expect(workspace.requests.all.filter(({ path }) => path === list)).toHaveLength(2)
    }
  },
)

describe.each(['pipeline', 'serving-endpoint'] as const)('the read of one %s', (kind) => {
  const [list, field] = LISTS[kind]
  const first = kind === 'pipeline' ? 'p-1' : 'chat'

  test.each([
    ['refused', apiError(403, 'PERMISSION_DENIED', ''), SEARCHED(1, 1)],
    ['of something deleted', apiError(404, 'RESOURCE_DOES_NOT_EXIST', ''), SEARCHED(1)],
    ['invalid', apiError(400, 'INVALID_PARAMETER_VALUE', ''), SEARCHED(1, 1)],
    ['no JSON', { status: 200, headers: {}, body: '' }, SEARCHED(1, 1)],
    ['failed for now', apiError(503, 'TEMPORARILY_UNAVAILABLE', ''), { status: 'failed', transient: true }],
  ])('that is %s counts', async (_, reply, status) => {
    const workspace = await open((path) => (path === `${list}/${first}` ? reply : undefined))
    expect((await search(workspace)).kinds[kind]).toMatchObject(status)
  })

  // Its name would be a part of the path.
  test.each(['../secrets/list?scope=storage', '..', '', 'a/b', 'ä', 'a b', 7.5, null, 2 ** 60])(
    'is not sent for the id %j',
    async (id) => {
      const item = { name: id, pipeline_id: id }
      const workspace = await open((path) => (path === list ? json(200, { [field]: [item] }) : undefined))
      expect((await search(workspace)).kinds[kind]).toEqual(SEARCHED(0, 1))
      const lists = [PATH_OF_ME, ...KINDS.map((each) => LISTS[each][0])]
      const gets = workspace.requests.all.map(({ path }) => path).filter((path) => !lists.includes(path))
      expect(gets.map((path) => path.replace(/[^/]*$/, ''))).toEqual(
        Array<string>(2).fill(kind === 'pipeline' ? '/api/2.0/serving-endpoints/' : '/api/2.0/pipelines/'),
      )
    },
  )

  test('is retried, and the next kinds are searched after an outage', async () => {
    let failures = 3
    const workspace = await open((path) =>
      path.startsWith(`${list}/`) && failures-- > 0
        ? apiError(503, 'TEMPORARILY_UNAVAILABLE', '')
        : undefined,
    )
    const { kinds, references } = await search(workspace, {}, 20_000)
    expect(kinds[kind]).toEqual(SEARCHED(2))
    expect(references).toHaveLength(13)
  })
})

test('a workspace without any of these calls has nothing, and that is no failure', async () => {
  const workspace = await start()
  workspace.intercept(() => plainJson(404, { error_code: 'ENDPOINT_NOT_FOUND', message: '' }))
  const { kinds, isAdmin } = await search(workspace)
  expect(new Set(Object.values(kinds).map(({ status }) => status))).toEqual(new Set(['not-available']))
  expect(isAdmin).toBeUndefined()
})

test('a workspace that is gone fails every kind, and the search does not throw', async () => {
  const workspace = await open()
  const { client } = connect(workspace)
  await workspace.close()
  const { kinds } = await searchConsumers(client, QUERY)
  for (const kind of KINDS)
    expect([kind, kinds[kind]]).toMatchObject([kind, { status: 'failed', transient: true }])
})

// Configurations of others are read and thrown away.
test('the result contains nothing of a configuration but its references', async () => {
  const other = {
    cluster_id: 'c1',
    state: 'RUNNING',
    creator_user_name: 'other-person@example.com',
    spark_conf: { 'spark.token': `other-token ${REFERENCE} other-text`, 'other-name=x y': REFERENCE },
    custom_tags: { a: 'other-tag' },
  }
  const workspace = await open((path) =>
    path === LISTS.cluster[0] ? json(200, { clusters: [other] }) : undefined,
  )
  const text = JSON.stringify(await search(workspace))
  expect(text).toContain('spark_conf.spark.token')
  expect(text).not.toContain('other')
})
