/** That what goes wrong on purpose befalls the calls of Unity Catalog as it does those of scopes. */
import { expect, test } from '@jest/globals'
import { FaultScript } from '../../emulator/fault-script.js'
import { hangUp } from '../../emulator/faults.js'
import { after, before } from '../../emulator/interceptors.js'
import { refusal } from '../../emulator/refusals.js'
import { Throttle } from '../../emulator/throttle.js'
import { CATALOG_CALL_NAMES, type CatalogCallName } from '../../emulator/unity-catalog-api.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { catalogCalls, start } from './wire.js'

const NEW = { catalog_name: 'main', schema_name: 'storage', name: 'new', value: 'fake value' }

/** A request to each call. */
const REQUESTS: Record<CatalogCallName, readonly [call: string, body?: object]> = {
  'POST unity-catalog/secrets': ['POST secrets', NEW],
  'GET unity-catalog/secrets': ['GET secrets?catalog_name=main&schema_name=storage'],
  'GET unity-catalog/secrets/*': ['GET secrets/main.storage.blob'],
  'PATCH unity-catalog/secrets/*': [
    'PATCH secrets/main.storage.blob?update_mask=value',
    { value: 'changed' },
  ],
  'DELETE unity-catalog/secrets/*': ['DELETE secrets/main.storage.doomed'],
  'GET unity-catalog/schemas/*': ['GET schemas/main.storage'],
  'GET unity-catalog/permissions/*/*': ['GET permissions/schema/main.storage'],
  'PATCH unity-catalog/permissions/*/*': [
    'PATCH permissions/schema/main.storage',
    { changes: [{ principal: 'users', add: ['READ_SECRET'] }] },
  ],
  'GET unity-catalog/effective-permissions/*/*': ['GET effective-permissions/schema/main.storage'],
}

async function startWithSchema(): Promise<EmulatedWorkspace> {
  const workspace = await start()
  workspace.catalogs.createCatalog('main', { owner: 'ada@example.com' })
  workspace.catalogs.createSchema('main.storage', { secrets: { blob: 'old', doomed: 'old' } })
  return workspace
}

/** What a write has changed. */
const state = ({ catalogs }: EmulatedWorkspace): unknown => [
  catalogs.valuesIn('main.storage'),
  catalogs.schema('main.storage').grants.get('users'),
]

// What is lost if these fail: a test would break another call than it says, and pass.
test.each(CATALOG_CALL_NAMES)('%s: a script refuses it, and no other call', async (name) => {
  const workspace = await startWithSchema()
  const script = new FaultScript([{ call: name, fault: before(refusal(503)) }])
  workspace.intercept(script.play)
  const call = catalogCalls(workspace)
  const statuses = []
  for (const other of CATALOG_CALL_NAMES) {
    const { status } = await call(...REQUESTS[other])
    statuses.push([other, status])
  }
  expect(statuses).toEqual(CATALOG_CALL_NAMES.map((other) => [other, other === name ? 503 : 200]))
  expect(script.left).toEqual([])
  expect(workspace.requests.to(name)).toHaveLength(1)
})

test.each(CATALOG_CALL_NAMES.filter((name) => !name.startsWith('GET')))(
  '%s: its answer can be lost after it has taken effect, or before',
  async (name) => {
    const [lost, never] = [await startWithSchema(), await startWithSchema()]
    const untouched = state(never)
    lost.intercept(new FaultScript([{ call: name, fault: after(hangUp) }]).play)
    never.intercept(new FaultScript([{ call: name, fault: before(hangUp) }]).play)
    for (const workspace of [lost, never]) {
      await expect(catalogCalls(workspace)(...REQUESTS[name])).rejects.toThrow('fetch failed')
    }
    expect(state(never)).toEqual(untouched)
    expect(state(lost)).not.toEqual(untouched)
  },
)

test('a rate limit holds for these calls too', async () => {
  const workspace = await startWithSchema()
  const throttle = new Throttle({ perSecond: 2, clock: () => 0 })
  workspace.intercept(throttle.play)
  const call = catalogCalls(workspace)
  const statuses = []
  for (let n = 0; n < 3; n++) statuses.push((await call(...REQUESTS['PATCH unity-catalog/secrets/*'])).status)
  expect(statuses).toEqual([200, 200, 429])
})

test('a host of several workspaces takes them with the id alone', async () => {
  const workspace = await start({ workspaceId: '42', requireWorkspaceId: true })
  expect((await catalogCalls(workspace)('GET secrets')).status).toBe(303)
})

test('nobody is answered without a token that somebody has', async () => {
  const workspace = await startWithSchema()
  for (const name of CATALOG_CALL_NAMES) {
    expect((await catalogCalls(workspace, 'nobody')(...REQUESTS[name])).status).toBe(403)
  }
})
