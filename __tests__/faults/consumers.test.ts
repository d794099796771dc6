import { describe, expect, test } from '@jest/globals'

import { FaultScript } from '../../emulator/fault-script.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { HURRIED, stored, syncTo } from '../e2e/sync-step.js'
import { ONE_OF_EACH } from '../emulator/consumers-reading.js'
import { isTriedToday } from './daily-sample.js'
import { FAULT_KINDS } from './fault-kinds.js'

/** The reads of a search: the call, the kind in the output, and what the report calls it. */
const CALLS = [
  ['clusters/list', 'cluster', 'clusters'],
  ['jobs/list', 'job', 'jobs'],
  ['policies/clusters/list', 'cluster-policy', 'cluster policies'],
  ['pipelines', 'pipeline', 'pipelines'],
  ['pipelines/*', 'pipeline', 'pipelines'],
  ['serving-endpoints', 'serving-endpoint', 'serving endpoints'],
  ['serving-endpoints/*', 'serving-endpoint', 'serving endpoints'],
  ['apps', 'app', 'apps'],
  ['sql/config/warehouses', 'sql-warehouses', 'configurations of SQL warehouses'],
] as const

/** Each kind of fault at one of the reads, once or for ever: a quarter of the kinds on each day, with all reads among them. */
const CASES = FAULT_KINDS.flatMap((kind, at) => {
  const [call, output, label] = CALLS[at % CALLS.length] ?? CALLS[0]
  // A fault that passes is tried once at every other place, since there it must leave no trace.
  const duration = kind.passes && Math.floor(at / CALLS.length) % 2 === at % 2 ? 'once' : 'for ever'
  return isTriedToday(at, 4) ? [{ kind, call, output, label, duration }] : []
})

/** Runs the action with this fault, and expects that it writes all keys, and deletes what nothing refers to for certain. */
async function expectRightResult(
  workspace: EmulatedWorkspace,
  { kind, call, output, label, duration }: (typeof CASES)[number],
): Promise<void> {
  const times = duration === 'once' ? 1 : Infinity
  const script = new FaultScript([{ call, times, fault: kind.fault }])
  workspace.intercept(script.play)
  const step = await syncTo(
    workspace,
    {
      token: 'fake-token-of-root',
      secrets: 'blob=fake-new',
      consumers: 'true',
      prune: 'true',
      'retry-timeout-seconds': duration === 'once' ? '300' : '1',
    },
    kind.slow ? HURRIED : {},
  )
  expect(step.exitCode).toBe(0)
  expect(script.left).toEqual([])
  // Other kinds refer to it, too.
  expect(stored(workspace)).toMatchObject({ blob: 'fake-new', key: 'x' })
  const kinds = (JSON.parse(step.outputs['consumers'] ?? '') as { kind: string }[]).map((each) => each.kind)
  const isDeleted = !('other' in stored(workspace))
  const saysNothingDeleted = step.log.includes('Nothing was deleted, because the search for consumers failed')
  expect(isDeleted).toBe(!saysNothingDeleted)
  expect(step.outputs['deleted']).toBe(isDeleted ? '["other"]' : '[]')
  const isMentioned = step.log
    .split('\n')
    .some((line) => /Not checked|Could not be read|Does not exist/.test(line) && line.includes(label))
  // A single pipeline or endpoint that does not exist has been deleted since the list was read.
  if (call.endsWith('/*') && kind.name.startsWith('404')) return
  // What was not searched is named, and what was searched was found.
  expect([kinds.includes(output), isMentioned]).toContain(true)
  if (kind.passes && duration === 'once') expect([kinds.includes(output), isMentioned]).toEqual([true, false])
  expect(workspace.requests.all.filter(({ method }) => method !== 'GET').length).toBe(isDeleted ? 2 : 1)
}

// A fault of a search must neither fail the writes, nor let prune delete what the search would have found.
describe('a fault of a search for consumers', () => {
  test.concurrent.each(CASES)('$call: $kind.name $kind.effect, $duration', async (each) => {
    // The key that everything refers to is not in the map.
    const workspace = await EmulatedWorkspace.start({ consumers: { content: ONE_OF_EACH } })
    workspace.store.createScope('storage', { secrets: { key: 'x', blob: 'x', other: 'x' } })
    try {
      await expectRightResult(workspace, each)
    } finally {
      await workspace.close()
    }
  })
})
