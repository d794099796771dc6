/** How lists of Unity Catalog come in pages. */
import { expect, test } from '@jest/globals'
import type { PageRules } from '../../emulator/pages.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { catalogCalls, start } from './wire.js'

const LIST = 'GET secrets?catalog_name=main&schema_name=storage'
const INVALID = { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } }

async function startWith(count: number, pages: PageRules = {}): Promise<EmulatedWorkspace> {
  const workspace = await start({ unityCatalog: { pages } })
  const secrets = Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n + 1}`, 'v']))
  workspace.catalogs.createSchema('main.storage', { owner: 'ada@example.com', secrets })
  return workspace
}

interface SecretsPage {
  readonly secrets?: { readonly name: string }[]
  readonly next_page_token?: string
}

/** The names on each page, from the first to the last. */
async function pagesOf(workspace: EmulatedWorkspace, more = ''): Promise<string[][]> {
  const pages: string[][] = []
  let token: string | undefined = ''
  while (token !== undefined) {
    const query: string = token === '' ? more : `${more}&page_token=${encodeURIComponent(token)}`
    const body = (await catalogCalls(workspace)(LIST + query)).body as SecretsPage
    pages.push((body.secrets ?? []).map(({ name }) => name))
    token = body.next_page_token
  }
  return pages
}

// What is lost if these fail: a client that reads one page, or stops at an empty one, passes its tests, and creates what exists.
test.each([
  ['the server decides', { size: 2 }, '', [['k1', 'k2'], ['k3', 'k4'], ['k5']]],
  ['the client asks for fewer', {}, '&page_size=4', [['k1', 'k2', 'k3', 'k4'], ['k5']]],
  [
    'the client asks for more than there is',
    { size: 3 },
    '&page_size=900',
    [
      ['k1', 'k2', 'k3'],
      ['k4', 'k5'],
    ],
  ],
  [
    'the client leaves it to the server',
    { size: 3 },
    '&page_size=0',
    [
      ['k1', 'k2', 'k3'],
      ['k4', 'k5'],
    ],
  ],
  ['pages may be empty', { size: 3, emptyBefore: 2 }, '', [[], [], ['k1', 'k2', 'k3'], [], [], ['k4', 'k5']]],
  ['the last page is full', { size: 5 }, '', [['k1', 'k2', 'k3', 'k4', 'k5']]],
  [
    'a full last page has a token',
    { size: 5, tokenAfterLast: true },
    '',
    [['k1', 'k2', 'k3', 'k4', 'k5'], []],
  ],
] as const)('where %s', async (_, rules, query, expected) => {
  expect(await pagesOf(await startWith(5, rules), query)).toEqual(expected)
})

test('a page has 1,000 secrets at most', async () => {
  const workspace = await startWith(1_000)
  workspace.catalogs.createSecret(
    workspace.catalogs.schema('main.storage'),
    'last',
    { value: 'v' },
    'ada@example.com',
  )
  const pages = await pagesOf(workspace, '&page_size=5000')
  expect(pages.map((page) => page.length)).toEqual([1_000, 1])
})

test('a secret that is deleted between two pages hides none of those after it', async () => {
  const workspace = await startWith(5, { size: 2 })
  const call = catalogCalls(workspace)
  const first = (await call(LIST)).body as SecretsPage
  await call('DELETE secrets/main.storage.k1')
  const second = await call(`${LIST}&page_token=${first.next_page_token ?? ''}`)
  expect(second.body).toMatchObject({ secrets: [{ name: 'k3' }, { name: 'k4' }] })
})

test.each(['page_size=-1', 'page_size=many', 'page_size=1.5', 'page_token=made-up', 'page_token=W10'])(
  '%s is refused',
  async (query) => {
    expect(await catalogCalls(await startWith(3))(`${LIST}&${query}`)).toMatchObject(INVALID)
  },
)

test('a token is good for its own list alone', async () => {
  const workspace = await startWith(3, { size: 2 })
  workspace.catalogs.createSchema('main.other', { owner: 'ada@example.com' })
  const { next_page_token: token = '' } = (await catalogCalls(workspace)(LIST)).body as SecretsPage
  const other = `GET secrets?catalog_name=main&schema_name=other&page_token=${token}`
  expect(await catalogCalls(workspace)(other)).toMatchObject(INVALID)
})

test('grants come in pages as well, and may be asked for by principal', async () => {
  const workspace = await startWith(0, { emptyBefore: 1 })
  const { grants } = workspace.catalogs.schema('main.storage')
  for (const name of ['auditors', 'data-team', 'users']) grants.set(name, new Set(['READ_SECRET']))
  const call = catalogCalls(workspace)
  const path = 'GET permissions/schema/main.storage?max_results=2'
  const seen: string[][] = []
  let token: string | undefined = ''
  while (token !== undefined) {
    const body = (await call(`${path}&page_token=${token}`)).body as {
      privilege_assignments?: { principal: string }[]
      next_page_token?: string
    }
    seen.push((body.privilege_assignments ?? []).map(({ principal }) => principal))
    token = body.next_page_token
  }
  expect(seen).toEqual([[], ['auditors', 'data-team'], [], ['users']])
  expect(await call('GET permissions/schema/main.storage?max_results=-1')).toMatchObject(INVALID)
})

test('grants of one principal', async () => {
  const workspace = await startWith(0)
  const { grants } = workspace.catalogs.schema('main.storage')
  for (const name of ['auditors', 'data-team']) grants.set(name, new Set(['READ_SECRET', 'MANAGE']))
  const { body } = await catalogCalls(workspace)('GET permissions/schema/main.storage?principal=data-team')
  expect(body).toEqual({
    privilege_assignments: [{ principal: 'data-team', privileges: ['MANAGE', 'READ_SECRET'] }],
  })
})
