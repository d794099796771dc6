/** How lists of clusters, jobs and others come in pages. */
import { expect, test } from '@jest/globals'
import type { ConsumersOptions } from '../../emulator/consumers/consumers.js'
import { reading, type Reader } from './consumers-reading.js'
import { start } from './wire.js'

const INVALID = { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } }

/** Each list with pages: its path, the field of its elements, the parameter of its size, and its usual size. */
const LISTS = [
  { kind: 'clusters', path: '2.1/clusters/list', field: 'clusters', size: 'page_size', usual: 20 },
  { kind: 'jobs', path: '2.2/jobs/list', field: 'jobs', size: 'limit', usual: 20 },
  { kind: 'pipelines', path: '2.0/pipelines', field: 'statuses', size: 'max_results', usual: 25 },
  { kind: 'apps', path: '2.0/apps', field: 'apps', size: 'page_size', usual: 20 },
]

/** Reads a workspace that has so many of each kind. */
async function readerOf(count: number, options: ConsumersOptions = {}): Promise<Reader> {
  const some = Array.from({ length: count }, () => ({}))
  const content = { clusters: some, jobs: some, pipelines: some, apps: some }
  return reading(await start({ consumers: { ...options, content } }))
}

type Body = Readonly<Record<string, unknown[] | undefined>> & { readonly next_page_token?: string }

/** The pages of a list, from the first to the last. */
async function pagesOf(read: Reader, path: string, field: string, query = ''): Promise<unknown[][]> {
  const pages: unknown[][] = []
  let token: string | undefined
  do {
    const more: string = token === undefined ? '' : `&page_token=${encodeURIComponent(token)}`
    const body = (await read(`${path}?${query}${more}`)).body as Body
    pages.push(body[field] ?? [])
    token = body.next_page_token
  } while (token !== undefined && token !== '')
  return pages
}

// What is lost if these fail: a search that reads one page, or asks for too much, passes its tests, and sees a part.
test.each(LISTS)(
  '%s: the usual page, the largest one, and all elements once',
  async ({ path, field, size, usual }) => {
    const read = await readerOf(120)
    const lengths = async (query: string): Promise<number[]> =>
      (await pagesOf(read, path, field, query)).map((page) => page.length)
    expect((await lengths(''))[0]).toBe(usual)
    expect(await lengths(`${size}=100`)).toEqual([100, 20])
    const all = (await pagesOf(read, path, field, `${size}=7`)).flat()
    expect(new Set(all.map((element) => JSON.stringify(element))).size).toBe(120)
  },
)

test.each(LISTS)('$kind: pages of one element, whatever a client asks for', async ({ path, field, size }) => {
  const read = await readerOf(3, { pages: { size: 1 } })
  const pages = await pagesOf(read, path, field, `${size}=100`)
  expect(pages.map((page) => page.length)).toEqual([1, 1, 1])
})

test.each(LISTS)('$kind: empty pages come before each page', async ({ path, field }) => {
  const read = await readerOf(2, { pages: { size: 1, emptyBefore: 1 } })
  const pages = await pagesOf(read, path, field)
  expect(pages.map((page) => page.length)).toEqual([0, 1, 0, 1])
})

test.each(LISTS)('$kind: sizes and tokens that it does not have are refused', async ({ path, size }) => {
  const read = await readerOf(1)
  const wrong = [`${size}=101`, `${size}=-1`, `${size}=many`, `${size}=1.5`, 'page_token=made-up']
  for (const query of wrong) expect([query, await read(`${path}?${query}`)]).toMatchObject([query, INVALID])
})

test('a limit of 0 jobs is refused', async () => {
  expect(await (await readerOf(1))('2.2/jobs/list?limit=0')).toMatchObject(INVALID)
})

test('a token is good for its own list alone', async () => {
  const read = await readerOf(3, { pages: { size: 1 } })
  const { next_page_token: token = '' } = (await read('2.0/apps')).body as Body
  expect(await read(`2.0/pipelines?page_token=${token}`)).toMatchObject(INVALID)
  const { next_page_token: all = '' } = (await read('2.1/clusters/list')).body as Body
  const filtered = `2.1/clusters/list?filter_by.cluster_sources=UI&page_token=${all}`
  expect(await read(filtered)).toMatchObject(INVALID)
})

test('jobs say whether more of them follow; clusters have an empty token at the end', async () => {
  const read = await readerOf(2)
  const first = (await read('2.2/jobs/list?limit=1')).body as Body
  expect(first).toMatchObject({ has_more: true })
  const last = (await read(`2.2/jobs/list?limit=1&page_token=${first.next_page_token ?? ''}`)).body
  expect(last).toMatchObject({ has_more: false })
  expect(last).not.toHaveProperty('next_page_token')
  expect((await read('2.1/clusters/list')).body).toHaveProperty('next_page_token', '')
})

interface Settings {
  readonly tasks: object[]
  readonly job_clusters?: object[]
}

const keys = (count: number): object[] => Array.from({ length: count }, (_, n) => ({ task_key: `t${n + 1}` }))

test.each<[string, Settings, ConsumersOptions, number[]]>([
  ['more than 100 tasks', { tasks: keys(250), job_clusters: [{ job_cluster_key: 'j' }] }, {}, [100, 100, 50]],
  ['more than 100 job clusters', { tasks: keys(1), job_clusters: keys(101) }, {}, [1, 0]],
  ['more tasks than a page may have here', { tasks: keys(3) }, { maxElements: 1 }, [1, 1, 1]],
])('a job with %s', async (_, settings, rules, expected) => {
  const job = { job_id: 9, settings: { name: 'large', ...settings } }
  const read = reading(await start({ consumers: { ...rules, content: { jobs: [job, { job_id: 10 }] } } }))
  const { body: list } = await read('2.2/jobs/list?expand_tasks=true')
  const { jobs } = list as { jobs: { settings: Settings; has_more?: boolean }[] }
  expect(jobs.map(({ has_more: isMore }) => isMore)).toEqual([true, undefined])
  expect(jobs[0]?.settings.tasks).toHaveLength(expected[0] ?? 0)

  const pages: Partial<Settings>[] = []
  let token = ''
  do {
    const { body } = await read(`2.2/jobs/get?job_id=9&page_token=${token}`)
    const page = body as { settings: Settings; next_page_token?: string }
    pages.push(page.settings)
    token = page.next_page_token ?? ''
  } while (token !== '')
  expect(pages.map(({ tasks = [] }) => tasks.length)).toEqual(expected)
  expect(pages.flatMap(({ tasks = [] }) => tasks)).toEqual(settings.tasks)
  expect(pages.flatMap(({ job_clusters: clusters = [] }) => clusters)).toEqual(settings.job_clusters ?? [])
})

test('a token of one job is refused for another', async () => {
  const jobs = [1, 2].map((id) => ({ job_id: id, settings: { tasks: keys(2) } }))
  const read = reading(await start({ consumers: { maxElements: 1, content: { jobs } } }))
  const { next_page_token: token = '' } = (await read('2.2/jobs/get?job_id=1')).body as Body
  expect(await read(`2.2/jobs/get?job_id=2&page_token=${token}`)).toMatchObject(INVALID)
})

// Lost otherwise: nobody would know that a client copes with answers above its bound.
test('a page of 100 jobs can be larger than 4 MiB, and one of 50 smaller', async () => {
  const jobs = Array.from({ length: 100 }, () => ({ settings: { description: 'x'.repeat(50_000) } }))
  const read = reading(await start({ consumers: { content: { jobs } } }))
  const size = async (limit: number): Promise<number> => {
    const { body } = await read(`2.2/jobs/list?expand_tasks=true&limit=${limit}`)
    return JSON.stringify(body).length
  }
  expect(await size(100)).toBeGreaterThan(4 * 1_024 * 1_024)
  expect(await size(50)).toBeLessThan(4 * 1_024 * 1_024)
})
