import { beforeEach, describe, expect, test } from '@jest/globals'

import { hangUp, neverAnswer } from '../../../emulator/faults.js'
import { apiError, html, type Reply } from '../../../emulator/reply.js'
import { GRACE, values, workspace } from '../schema/schema-step.js'
import { everythingSaid } from '../sync-step.js'
import { FULL, MAP, scopeValues, syncConfig, useFilledTargets } from './config-step.js'

/** The requests of a run of {@link FULL}: those of the plan, then the changes and what reads them back. */
const REQUESTS = 25

const POSITIONS = Array.from({ length: REQUESTS }, (_, index) => index + 1)

/** The keys that all targets lose together, or none does. */
const OLD = { old: 'fake-old-value' }

beforeEach(useFilledTargets)

/** What is in all targets, and who may read it. */
function state(): unknown {
  const blob = [...workspace.catalogs.schema('main.storage').secrets.values()].find(
    ({ name }) => name === 'blob',
  )
  return {
    storage: scopeValues('storage'),
    reporting: scopeValues('reporting'),
    schema: values(),
    acls: ['storage', 'reporting'].map((name) => workspace.store.content(name).acls['auditors']),
    grants: [...(workspace.catalogs.schema('main.storage').grants.get('auditors') ?? [])],
    ofBlob: [blob?.comment, ...(blob?.grants.get(GRACE) ?? [])],
  }
}

const DONE = {
  storage: { blob: MAP.BLOB_KEY, 'tls-key': MAP.TLS_KEY },
  reporting: { api: MAP.REPORT_API },
  schema: { blob: MAP.BLOB_KEY },
  acls: ['READ', 'READ'],
  grants: ['READ_SECRET'],
  ofBlob: ['Storage of the lake', 'READ_SECRET'],
}

/** The states that a second run has completed. It knows nothing of the first run except the targets. */
const completed = new Set<string>()

/** Expects that the next run completes all targets. Each state is tried once. */
async function expectCompletedByNextRun(): Promise<void> {
  const left = JSON.stringify(state())
  if (completed.has(left)) return
  completed.add(left)
  expect((await syncConfig(FULL)).exitCode).toBe(0)
  expect(state()).toEqual(DONE)
}

/** Expects that no target lost a key before every new key is written. */
function expectNothingLost(): void {
  const [storage, reporting] = [scopeValues('storage') ?? {}, scopeValues('reporting') ?? {}]
  const isDeleted = [storage, reporting, values()].some((each) => !('old' in each))
  if (!isDeleted) return
  expect(storage).toMatchObject(DONE.storage)
  expect(reporting).toMatchObject(DONE.reporting)
  expect(values()).toMatchObject(DONE.schema)
}

test('a whole run needs as many requests as these tests interrupt', async () => {
  await syncConfig(FULL)
  expect(state()).toEqual(DONE)
  expect(workspace.requests.all).toHaveLength(REQUESTS)
})

// A runner can be lost at any moment, and the next run must complete all targets.
test.each(POSITIONS)('a run that is killed at request %i is completed by the next', async (position) => {
  const kill = new AbortController()
  const stop = workspace.intercept((_, perform) => {
    const count = workspace.requests.all.length
    if (count < position) return undefined
    if (count === position) perform()
    kill.abort()
    return neverAnswer
  })
  const { signal } = await syncConfig(FULL, {}, { kill: kill.signal, allowStderr: true })
  stop()
  expect(signal).toBe('SIGKILL')
  expectNothingLost()
  await expectCompletedByNextRun()
})

const FAULTS: readonly (readonly [string, () => Reply | typeof hangUp])[] = [
  ['is refused', () => apiError(403, 'PERMISSION_DENIED', `Not for ${MAP.BLOB_KEY}.`)],
  ['gets a page', () => html(200, `<p>${MAP.TLS_KEY}</p>`)],
  ['loses its connection after it took effect', () => hangUp],
]

/** The actual outcome of each key, in the words of the outputs. */
function expectTrueOutputs(outputs: Readonly<Record<string, string>>): void {
  const contents: Record<string, Record<string, string>> = {
    storage: scopeValues('storage') ?? {},
    reporting: scopeValues('reporting') ?? {},
    'main.storage': values(),
  }
  const namesOf = (outcome: string): [target: string, key: string][] =>
    (JSON.parse(outputs[outcome] ?? '[]') as string[]).map((name) => name.split('/') as [string, string])
  const expected: Record<string, Record<string, string>> = {
    storage: DONE.storage,
    reporting: DONE.reporting,
    'main.storage': DONE.schema,
  }
  for (const [target, key] of [...namesOf('created'), ...namesOf('updated'), ...namesOf('unchanged')])
    expect([target, key, contents[target]?.[key]]).toEqual([target, key, expected[target]?.[key]])
  for (const [target, key] of namesOf('deleted')) expect(contents[target]).not.toHaveProperty(key)
}

describe.each(FAULTS)('a request that %s', (what, fault) => {
  test.each(POSITIONS)(
    'at position %i ends in a true report, and the next run ends right',
    async (position) => {
      const stop = workspace.intercept((_, perform) => {
        if (workspace.requests.all.length !== position) return undefined
        const answer = fault()
        if (what.includes('took effect')) perform()
        return answer
      })
      const step = await syncConfig(FULL)
      stop()
      const isDone = JSON.stringify(state()) === JSON.stringify(DONE)
      // A run that says that it did everything has done everything, or says which keys it left alone: without its own name, it
      // does not delete secrets of a schema.
      if (step.exitCode === 0) expect(isDone || step.log.includes('prune left alone')).toBe(true)
      else expect(step.log).toContain('Error: ')
      expectTrueOutputs(step.outputs)
      expectNothingLost()
      for (const value of [...Object.values(MAP), ...Object.values(OLD)])
        expect(everythingSaid(step)).not.toContain(value)
      await expectCompletedByNextRun()
    },
  )
})
