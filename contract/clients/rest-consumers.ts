import type { ListedKind, Operation, SingleKind, WireConsumer } from '../operations.js'
import type { RestAnswer, RestCaller } from '../rest-caller.js'

/** An answer that was no success. */
export class RestRefusal extends Error {
  override readonly name = 'RestRefusal'
  readonly answer: RestAnswer

  constructor(answer: RestAnswer) {
    super(`status ${answer.status}`)
    this.answer = answer
  }
}

/** Each list: its path, the field of its elements, and the parameter of its page size. */
const LISTS: Readonly<Record<ListedKind, { path: string; field: string; size?: string }>> = {
  clusters: { path: '/api/2.1/clusters/list', field: 'clusters', size: 'page_size' },
  jobs: { path: '/api/2.2/jobs/list', field: 'jobs', size: 'limit' },
  clusterPolicies: { path: '/api/2.0/policies/clusters/list', field: 'policies' },
  pipelines: { path: '/api/2.0/pipelines', field: 'statuses', size: 'max_results' },
  servingEndpoints: { path: '/api/2.0/serving-endpoints', field: 'endpoints' },
  apps: { path: '/api/2.0/apps', field: 'apps', size: 'page_size' },
}

type ConsumerOperation = Extract<Operation, { do: 'listConsumers' | 'getConsumer' | 'getWarehousesConfig' }>

/** Whether an operation is one of those that `readByRest` carries out. */
export function isConsumerOperation(operation: Operation): operation is ConsumerOperation {
  return ['listConsumers', 'getConsumer', 'getWarehousesConfig'].includes(operation.do)
}

/**
 * Carries out an operation with as many requests as it needs: all pages of a list, and of a job with more tasks than a list shows
 * all pages of the job.
 *
 * @throws RestRefusal for the first answer that is no success
 */
export async function readByRest(
  operation: ConsumerOperation,
  caller: RestCaller,
): Promise<WireConsumer | WireConsumer[]> {
  switch (operation.do) {
    case 'listConsumers':
      return list(operation, caller)
    case 'getConsumer':
      return getOne(operation.kind, operation.id, caller)
    case 'getWarehousesConfig':
      return get(caller, '/api/2.0/sql/config/warehouses')
  }
}

async function list(
  { kind, pageSize, sources = [] }: Extract<Operation, { do: 'listConsumers' }>,
  caller: RestCaller,
): Promise<WireConsumer[]> {
  const { path, field, size } = LISTS[kind]
  // One parameter for each source.
  const filter = sources.map((source) => `filter_by.cluster_sources=${source}`).join('&')
  const pages = await allPages(caller, filter === '' ? path : `${path}?${filter}`, {
    ...(pageSize === undefined || size === undefined ? {} : { [size]: String(pageSize) }),
    ...(kind === 'jobs' ? { expand_tasks: 'true' } : {}),
  })
  const found = pages.flatMap((page) => (page[field] ?? []) as WireConsumer[])
  return Promise.all(
    found.map(async (one) => (one['has_more'] === true ? wholeJob(String(one['job_id']), caller) : one)),
  )
}

function getOne(kind: SingleKind, id: string, caller: RestCaller): Promise<WireConsumer> {
  return kind === 'jobs' ? wholeJob(id, caller) : get(caller, `${LISTS[kind].path}/${encodeURIComponent(id)}`)
}

async function wholeJob(id: string, caller: RestCaller): Promise<WireConsumer> {
  const pages = await allPages(caller, '/api/2.2/jobs/get', { job_id: id })
  const settings = pages.map((page) => page['settings'] as Record<string, unknown[] | undefined>)
  const all = (field: string): unknown[] => settings.flatMap((page) => page[field] ?? [])
  return {
    ...pages[0],
    settings: { ...settings[0], tasks: all('tasks'), job_clusters: all('job_clusters') },
  }
}

async function allPages(
  caller: RestCaller,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<WireConsumer[]> {
  const pages: WireConsumer[] = []
  for (let token = ''; ;) {
    const page = await get(caller, path, token === '' ? query : { ...query, page_token: token })
    pages.push(page)
    const { next_page_token: next } = page
    token = typeof next === 'string' ? next : ''
    if (token === '') return pages
  }
}

async function get(
  caller: RestCaller,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<WireConsumer> {
  const answer = await caller.send('GET', path, { query })
  if (answer.status !== 200) throw new RestRefusal(answer)
  return answer.json as WireConsumer
}
