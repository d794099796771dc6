/** What a live run may do in a Unity Catalog schema. */
import { expect, test } from '@jest/globals'
import { apiError } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { start } from '../emulator/wire.js'
import { against, live, linesOf, SCOPE } from './live-process.js'
import { liveCourt, type LiveCourt } from '../../contract/live-court.js'
import { rest } from '../../contract/clients/rest.js'

const THEIRS = { production: 'fake-value', [`${SCOPE}of-a-colleague`]: 'fake-value' }

async function startWithSchema(): Promise<EmulatedWorkspace> {
  const workspace = await start()
  workspace.catalogs.createSchema('main.storage', { secrets: THEIRS })
  workspace.catalogs.catalog('main').owner = 'ada@example.com'
  workspace.catalogs.schema('main.storage').owner = 'ada@example.com'
  return workspace
}

const courtIn = (workspace: EmulatedWorkspace, schema?: string): Promise<LiveCourt> =>
  liveCourt(
    {
      host: workspace.url,
      token: 'fake-token-of-ada',
      plan: 'premium',
      onAzure: false,
      scope: SCOPE,
      schema,
      principals: ['users'],
      other: undefined,
    },
    () => undefined,
  )

/** The statuses of requests that a client sends in the court. */
async function statusesIn(
  court: LiveCourt,
  requests: readonly (readonly [string, string, object?])[],
): Promise<number[]> {
  const statuses: number[] = []
  const trial = { title: 'a case', play: () => Promise.resolve() }
  await court.hear({ client: rest, installed: await rest.install(''), trial }, async ({ target }) => {
    for (const [method, path, body] of requests) {
      const headers = { authorization: `Bearer ${target.token}` }
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      statuses.push((await fetch(`${target.url}/api/2.1/unity-catalog/${path}`, init)).status)
    }
  })
  return statuses
}

// Lost otherwise: somebody's secrets, or the cases that would prove this part of the emulator wrong.
test('the cases of a schema are played there, and what was in it is left as it was', async () => {
  const workspace = await startWithSchema()
  const args = against(workspace, '--schema', 'Main.Storage', '--cases', 'catalog:')
  const { code, stdout, stderr } = await live(args)
  expect(stderr).toBe('')
  expect(stdout).toMatch(/catalog: create a secret, its creator owns it +\| yes/)
  expect(stdout).toMatch(/catalog: reads what the action wrote, byte for byte +\| yes/)
  expect(stdout).toMatch(/catalog: writes a secret that the action updates +\| yes/)
  expect(stdout).toMatch(/^20 cells agree \(.*\), 0 disagree; in 0 .*; \d+ were not run \(needs emulator/m)
  expect(stdout).toContain('All that the run has created is gone.')
  expect(code).toBe(0)
  expect(workspace.catalogs.valuesIn('main.storage')).toEqual(THEIRS)
  expect(workspace.requests.to('POST unity-catalog/secrets').length).toBeGreaterThan(10)
  const lines = await linesOf(args[args.indexOf('--transcript') + 1] ?? '')
  expect(JSON.stringify(lines)).not.toContain('fake-value')
})

test('without a schema the cases are not run, and no request to Unity Catalog gets through', async () => {
  const workspace = await startWithSchema()
  const court = await courtIn(workspace)
  const body = { catalog_name: 'main', schema_name: 'storage', name: `${SCOPE}-a`, value: 'v' }
  expect(court.offers.has('schema')).toBe(false)
  expect(
    await statusesIn(court, [
      ['GET', 'secrets'],
      ['POST', 'secrets', body],
      ['GET', 'schemas/main.storage'],
    ]),
  ).toEqual([403, 403, 403])
  await court.close()
  expect(workspace.requests.to('POST unity-catalog/secrets')).toEqual([])
})

const body = (more: object): object => ({
  catalog_name: 'main',
  schema_name: 'storage',
  name: 'production',
  value: 'fake-new-value',
  ...more,
})

// Lost otherwise: somebody else's secret, to a client that mistakes its name, or to a case that is written carelessly.
test.each<readonly [string, string, object?]>([
  ['POST', 'secrets', body({})],
  ['POST', 'secrets', body({ name: `${SCOPE}-own`, schema_name: 'other' })],
  ['POST', 'secrets', body({ name: `${SCOPE}-own`, catalog_name: 'other' })],
  ['POST', 'secrets', body({ name: undefined })],
  ['PATCH', 'secrets/main.storage.production?update_mask=value', body({})],
  ['PATCH', `secrets/main.storage.${SCOPE}of-a-colleague?update_mask=value`, { value: 'v' }],
  ['DELETE', 'secrets/main.storage.production'],
  ['DELETE', 'secrets/MAIN.storage.Production'],
  ['GET', 'secrets/main.storage.production?include_value=true'],
  ['GET', 'secrets'],
  ['GET', 'secrets?catalog_name=main&schema_name=other'],
  ['PATCH', 'permissions/schema/main.storage', { changes: [] }],
  ['PATCH', 'permissions/secret/main.storage.production', { changes: [] }],
  ['DELETE', 'schemas/main.storage'],
  ['GET', 'schemas/main.other'],
  ['GET', 'secrets/%E0%A4%A'],
])('%s %s does not leave', async (...request) => {
  const workspace = await startWithSchema()
  const court = await courtIn(workspace, 'main.storage')
  const before = workspace.requests.all.length
  expect(await statusesIn(court, [request])).toEqual([403])
  await court.close()
  expect(workspace.requests.all).toHaveLength(before)
  expect(workspace.catalogs.valuesIn('main.storage')).toEqual(THEIRS)
})

test('a secret that cannot be deleted is named, with the command that removes it', async () => {
  const workspace = await startWithSchema()
  const court = await courtIn(workspace, 'main.storage')
  const remove = workspace.intercept(({ method }) =>
    method === 'DELETE' ? apiError(403, 'PERMISSION_DENIED', 'No.') : undefined,
  )
  await expect(statusesIn(court, [['POST', 'secrets', body({ name: `${SCOPE}-own` })]])).rejects.toThrow(
    `SECRETS MAY BE LEFT in ${workspace.url}`,
  )
  remove()
  await court.close()
  expect(workspace.catalogs.valuesIn('main.storage')).toEqual(THEIRS)
})

test('a run does not begin where a secret has its prefix, or the schema is not to be listed', async () => {
  const workspace = await startWithSchema()
  await expect(courtIn(workspace, 'main.gone')).rejects.toThrow('does not list its secrets')
  workspace.catalogs.createSecret(
    workspace.catalogs.schema('main.storage'),
    `${SCOPE}-old`,
    { value: 'v' },
    'ada@example.com',
  )
  await expect(courtIn(workspace, 'main.storage')).rejects.toThrow(
    `There is a secret main.storage.${SCOPE}-old already`,
  )
})
