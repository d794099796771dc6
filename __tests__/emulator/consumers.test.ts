/** What reads of clusters, jobs and others answer, and to whom. */
import { expect, test } from '@jest/globals'
import { CONSUMERS_CALL_NAMES, type ConsumersCallName } from '../../emulator/consumers/consumers-api.js'
import { CONSUMER_KINDS } from '../../emulator/consumers/consumers.js'
import { KIND_REFUSAL_NAMES } from '../../emulator/consumers/kind-refusals.js'
import { ONE_OF_EACH, reading, REQUESTS } from './consumers-reading.js'
import { send, start } from './wire.js'

const INVALID = { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } }
const DENIED = { status: 403, body: { error_code: 'PERMISSION_DENIED' } }
const MISSING = { status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST' } }

/** A resource as it is answered. */
function shown(described: object): object {
  return Object.fromEntries(Object.entries(described).filter(([field]) => field !== 'visibleTo'))
}

// What is lost if this fails: a search would pass its tests on answers that no workspace gives.
test.each<[ConsumersCallName, object]>([
  ['clusters/list', { clusters: [shown(ONE_OF_EACH.clusters[0])], next_page_token: '' }],
  ['jobs/list', { jobs: [shown(ONE_OF_EACH.jobs[0])], has_more: false }],
  ['jobs/get', shown(ONE_OF_EACH.jobs[0])],
  ['policies/clusters/list', { policies: [shown(ONE_OF_EACH.clusterPolicies[0])], total_count: 1 }],
  ['pipelines', { statuses: [{ pipeline_id: 'pl-1', state: 'IDLE' }] }],
  ['pipelines/*', shown(ONE_OF_EACH.pipelines[0])],
  ['serving-endpoints', { endpoints: [{ name: 'chat', state: { ready: 'READY' } }] }],
  ['serving-endpoints/*', shown(ONE_OF_EACH.servingEndpoints[0])],
  ['apps', { apps: [shown(ONE_OF_EACH.apps[0])] }],
  ['sql/config/warehouses', ONE_OF_EACH.sqlWarehouses],
])('%s answers the fields as they were described', async (call, expected) => {
  const workspace = await start({ consumers: { content: ONE_OF_EACH } })
  const { status, body } = await reading(workspace)(REQUESTS[call])
  expect(status).toBe(200)
  expect(body).toMatchObject(expected)
  expect(JSON.stringify(body)).not.toContain('visibleTo')
})

test('lists leave out what only a single read has', async () => {
  const read = reading(await start({ consumers: { content: ONE_OF_EACH } }))
  expect(JSON.stringify((await read('2.0/pipelines')).body)).not.toContain('spec')
  const { body } = (await read('2.0/serving-endpoints')) as { body: { endpoints: object[] } }
  expect(body.endpoints[0]).not.toHaveProperty('pending_config')
  expect(body.endpoints[0]).toHaveProperty('config.served_entities', [
    { name: 'own', entity_name: 'main.models.own' },
    { name: 'external', external_model: { openai_config: { openai_api_key: '{{secrets/storage/key}}' } } },
  ])
  expect((await read('2.2/jobs/list')).body).toEqual({
    jobs: [
      { job_id: 11, settings: { name: 'nightly', parameters: ONE_OF_EACH.jobs[0].settings.parameters } },
    ],
    has_more: false,
  })
})

test.each(CONSUMERS_CALL_NAMES)('%s: an empty list is left out', async (call) => {
  const { status, body } = await reading(await start())(REQUESTS[call])
  const missing: Partial<Record<ConsumersCallName, number>> = {
    ...{ 'jobs/get': 400, 'pipelines/*': 404, 'serving-endpoints/*': 404 },
  }
  expect(status).toBe(missing[call] ?? 200)
  expect(Object.values(body as object).filter((value) => typeof value === 'object')).toEqual([])
})

// What is lost if these fail: a report would say "nobody" of what its caller may not see, and no test would notice.
test('a caller without admin rights sees only what it was given, and no error says so', async () => {
  const workspace = await start({ consumers: { content: ONE_OF_EACH } })
  const seen = async (who: string): Promise<string[]> => {
    const lists = [
      'clusters/list',
      'jobs/list',
      'policies/clusters/list',
      'pipelines',
      'serving-endpoints',
      'apps',
    ]
    const answers = await Promise.all(
      lists.map((call) => reading(workspace, who)(REQUESTS[call as ConsumersCallName])),
    )
    expect(answers.map(({ status }) => status)).toEqual(lists.map(() => 200))
    return lists.filter((_, n) => Object.values(answers[n]?.body as object).some(Array.isArray))
  }
  expect(await seen('root')).toHaveLength(6)
  // By a name, by a group, and by `users`.
  expect(await seen('ada')).toHaveLength(6)
  expect(await seen('ci')).toEqual(['policies/clusters/list', 'serving-endpoints'])
  expect(await seen('grace')).toEqual(['serving-endpoints'])
})

test('what was made visible to nobody is for admins alone, also by its id', async () => {
  const workspace = await start({
    consumers: {
      content: {
        jobs: [{ job_id: 5 }],
        pipelines: [{ pipeline_id: 'p' }],
        servingEndpoints: [{ name: 'e' }],
      },
    },
  })
  for (const path of ['2.2/jobs/get?job_id=5', '2.0/pipelines/p', '2.0/serving-endpoints/e']) {
    expect(await reading(workspace)(path)).toMatchObject({ status: 200 })
    expect(await reading(workspace, 'ada')(path)).toMatchObject(DENIED)
  }
})

test('the configuration of SQL warehouses is for admins alone', async () => {
  const workspace = await start({ consumers: { content: ONE_OF_EACH } })
  expect(await reading(workspace, 'ada')('2.0/sql/config/warehouses')).toMatchObject(DENIED)
})

test.each([
  ['root', ['users', 'admins']],
  ['ada', ['users', 'data-team']],
])('the groups of %s', async (who, groups) => {
  const { body } = await reading(await start(), who)('2.0/preview/scim/v2/Me')
  expect((body as { groups: { display: string }[] }).groups.map(({ display }) => display)).toEqual(groups)
})

// Lost otherwise: an admin would be told that it saw a part.
test('an admin that is described without its group is in it', async () => {
  const applicationId = '00000000-0000-4000-8000-0000000000aa'
  const clientSecrets = ['dose-fake']
  const workspace = await start({ servicePrincipals: [{ applicationId, clientSecrets, admin: true }] })
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' })
  const basic = Buffer.from(`${applicationId}:dose-fake`).toString('base64')
  const headers = { authorization: `Basic ${basic}` }
  const signedIn = await send(workspace, '/oidc/v1/token', { method: 'POST', headers, body })
  const { access_token: token } = signedIn.body as { access_token: string }
  const me = await send(workspace, '/api/2.0/preview/scim/v2/Me', {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(me.body).toMatchObject({ groups: [{ display: 'users' }, { display: 'admins' }] })
})

test.each([
  ['2.2/jobs/get?job_id=7', { ...INVALID, body: { ...INVALID.body, message: 'Job 7 does not exist.' } }],
  ['2.2/jobs/get?job_id=seven', INVALID],
  ['2.2/jobs/get', INVALID],
  ['2.0/pipelines/none', MISSING],
  ['2.0/serving-endpoints/none', MISSING],
  ['2.2/jobs/list?expand_tasks=yes', INVALID],
  ['2.1/clusters/list?filter_by.cluster_sources=NONE', INVALID],
  ['2.1/clusters/list?filter_by.cluster_source=UI', INVALID],
  ['2.0/clusters/list', { status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND' } }],
])('%s is refused', async (path, expected) => {
  expect(await reading(await start({ consumers: { content: ONE_OF_EACH } }))(path)).toMatchObject(expected)
})

test('clusters can be asked for by their source and state, several of each', async () => {
  const clusters = ['UI', 'API', 'JOB', 'PIPELINE'].map((source) => ({
    cluster_source: source,
    state: source === 'API' ? 'TERMINATED' : 'RUNNING',
  }))
  const read = reading(await start({ consumers: { content: { clusters } } }))
  const sources = async (query: string): Promise<unknown> => {
    const { body } = await read(`2.1/clusters/list?${query}`)
    const { clusters: found = [] } = body as { clusters?: { cluster_source: string }[] }
    return found.map(({ cluster_source: source }) => source)
  }
  const [ui, api] = ['filter_by.cluster_sources=UI', 'filter_by.cluster_sources=API']
  expect(await sources('')).toEqual(['UI', 'API', 'JOB', 'PIPELINE'])
  expect(await sources(`${ui}&${api}`)).toEqual(['UI', 'API'])
  expect(await sources(`${ui}&${api}&filter_by.cluster_states=TERMINATED`)).toEqual(['API'])
  expect(await sources('filter_by.cluster_sources=SQL')).toEqual([])
})

test.each(KIND_REFUSAL_NAMES)('a kind can be %s, and no other is', async (form) => {
  const expected = {
    missing: [404, 'ENDPOINT_NOT_FOUND'],
    disabled: [404, 'FEATURE_DISABLED'],
    disabledAsForbidden: [403, 'FEATURE_DISABLED'],
    denied: [403, 'PERMISSION_DENIED'],
  }[form]
  const workspace = await start({
    consumers: { content: ONE_OF_EACH, unavailable: { servingEndpoints: form, jobs: form } },
  })
  for (const call of CONSUMERS_CALL_NAMES) {
    const { status, body } = await reading(workspace)(REQUESTS[call])
    const { error_code: code } = body as { error_code?: string }
    const isRefused = /^(jobs|serving-endpoints)/.test(call)
    expect([call, status, code]).toEqual([call, ...(isRefused ? expected : [200, undefined])])
  }
})

test('a workspace can be without any of these calls', async () => {
  const unavailable = Object.fromEntries(CONSUMER_KINDS.map((kind) => [kind, 'missing' as const]))
  const workspace = await start({ consumers: { content: ONE_OF_EACH, unavailable } })
  for (const call of CONSUMERS_CALL_NAMES) {
    expect([call, (await reading(workspace)(REQUESTS[call])).status]).toEqual([call, 404])
  }
})

test('tests can change what there is, and how it is answered, while the workspace runs', async () => {
  const workspace = await start({ consumers: { content: ONE_OF_EACH } })
  const read = reading(workspace)
  const names = async (): Promise<unknown> =>
    ((await read('2.0/apps')).body as { apps?: { name: string }[] }).apps?.map(({ name }) => name)
  workspace.consumers.add({ apps: [{ name: 'second' }] })
  expect(await names()).toEqual(['dashboard', 'second'])
  workspace.consumers.remove('apps', 'dashboard')
  expect(await names()).toEqual(['second'])
  expect(() => {
    workspace.consumers.remove('apps', 'dashboard')
  }).toThrow('None of apps has the id dashboard.')
  expect(() => {
    workspace.consumers.add({ apps: [{ name: 'second' }] })
  }).toThrow('Two apps have the id second.')
  workspace.consumers.rules = { unavailable: { apps: 'disabled' } }
  expect(await read('2.0/apps')).toMatchObject({ status: 404 })
  workspace.consumers.rules = {}
  workspace.consumers.clear()
  expect(await names()).toBeUndefined()
  expect((await read('2.0/sql/config/warehouses')).body).not.toHaveProperty('data_access_config')
})
