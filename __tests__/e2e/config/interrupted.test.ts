import { beforeEach, describe, expect, test } from '@jest/globals'

import { hangUp } from '../../../emulator/faults.js'
import { apiError, html, type Reply } from '../../../emulator/reply.js'
import type { ScopeContent } from '../../../emulator/store.js'
import type { SchemaContent } from '../../../emulator/unity-catalog.js'
import { isTriedToday } from '../../faults/daily-sample.js'
import { ADA, ADAS_GRANTS, GRACE, values, workspace } from '../schema/schema-step.js'
import { killAt } from '../killed-step.js'
import { everythingSaid } from '../sync-step.js'
import { FULL, MAP, scopeValues, syncConfig, useFilledTargets } from './config-step.js'

/** The requests of a run of {@link FULL}: those of the plan, then the changes and what reads them back. */
const REQUESTS = 25

const POSITIONS = Array.from({ length: REQUESTS }, (_, index) => index + 1)

/** The keys that all targets lose together, or none does. */
const OLD = { old: 'fake-old-value' }

beforeEach(useFilledTargets)

/** What is in the targets of {@link FULL}. */
interface State {
  readonly storage: ScopeContent
  readonly reporting: ScopeContent
  readonly schema: SchemaContent
}

/** The state of the targets with this suffix in their names. */
function state(suffix = ''): State {
  const { owner, grants, secrets } = workspace.catalogs.schema(`main.storage${suffix}`)
  const listed = <T>(each: ReadonlyMap<string, ReadonlySet<T>>): Record<string, T[]> =>
    Object.fromEntries([...each].map(([principal, privileges]) => [principal, [...privileges]]))
  return {
    storage: {
      ...workspace.store.content(`storage${suffix}`),
      secrets: scopeValues(`storage${suffix}`) ?? {},
    },
    reporting: {
      ...workspace.store.content(`reporting${suffix}`),
      secrets: scopeValues(`reporting${suffix}`) ?? {},
    },
    schema: {
      owner,
      grants: listed(grants),
      secrets: Object.fromEntries(
        [...secrets.values()].map(({ name, value, comment, created, ...secret }) => [
          name,
          { value, comment, createdBy: created.by, grants: listed(secret.grants) },
        ]),
      ),
    },
  }
}

const ACLS = { [ADA]: 'MANAGE', auditors: 'READ' } as const
const DONE = {
  storage: { acls: ACLS, secrets: { blob: MAP.BLOB_KEY, 'tls-key': MAP.TLS_KEY } },
  reporting: { acls: ACLS, secrets: { api: MAP.REPORT_API } },
  schema: {
    owner: ADA,
    grants: { ...ADAS_GRANTS, auditors: ['READ_SECRET'] },
    secrets: {
      blob: {
        value: MAP.BLOB_KEY,
        comment: 'Storage of the lake',
        createdBy: ADA,
        grants: { [GRACE]: ['READ_SECRET'] },
      },
    },
  },
} satisfies State

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

/** {@link FULL} with its targets once for each suffix of their names. */
function fullWith(suffixes: readonly string[]): string {
  const [head = '', scopes = '', schemas = ''] = FULL.split(/^(?:scopes|schemas):\n/m)
  const all = (targets: string): string =>
    suffixes.map((suffix) => targets.replaceAll(/^ {2}([\w.]+):$/gm, `  $1${suffix}:`)).join('')
  return `${head}scopes:\n${all(scopes)}schemas:\n${all(schemas)}`
}

/** Expects that no target lost a key before every new key is written. */
function expectNothingLost({ storage, reporting, schema } = state()): void {
  const targets = [storage, reporting, schema]
  if (targets.every(({ secrets }) => secrets !== undefined && 'old' in secrets)) return
  expect(storage.secrets).toMatchObject(DONE.storage.secrets)
  expect(reporting.secrets).toMatchObject(DONE.reporting.secrets)
  expect(schema.secrets).toMatchObject({ blob: { value: MAP.BLOB_KEY } })
}

// A runner can be lost at any moment, and the next run must complete all targets.
describe('a run that is killed', () => {
  // It leaves what a complete run has in the targets after the same request.
  test('at any request is completed by the next', async () => {
    const left = new Map<string, State>()
    workspace.intercept((_, perform) => {
      perform()
      left.set(JSON.stringify(state()), state())
      return undefined
    })
    await syncConfig(FULL)
    expect(workspace.requests.all).toHaveLength(REQUESTS)
    expect(state()).toEqual(DONE)
    const states = [...left].map(([text, each], index) => ({ text, each, suffix: `_${index}` }))
    expect(states.length).toBeGreaterThan(10)
    await useFilledTargets()
    for (const { text, each, suffix } of states) {
      expectNothingLost(each)
      workspace.store.createScope(`storage${suffix}`, each.storage)
      workspace.store.createScope(`reporting${suffix}`, each.reporting)
      workspace.catalogs.createSchema(`main.storage${suffix}`, each.schema)
      expect(JSON.stringify(state(suffix))).toBe(text)
      completed.add(text)
    }
    const suffixes = states.map(({ suffix }) => suffix)
    expect((await syncConfig(fullWith(suffixes))).exitCode).toBe(0)
    expect(suffixes.map(state)).toEqual(suffixes.map(() => DONE))
  })

  test('in the middle of its writes is completed by the next', async () => {
    const kill = killAt(workspace, 13)
    const { signal } = await syncConfig(FULL, {}, { kill: kill.signal, allowStderr: true })
    kill.stop()
    expect(signal).toBe('SIGKILL')
    expectNothingLost()
    await expectCompletedByNextRun()
  })
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
    storage: DONE.storage.secrets,
    reporting: DONE.reporting.secrets,
    'main.storage': { blob: MAP.BLOB_KEY },
  }
  for (const [target, key] of [...namesOf('created'), ...namesOf('updated'), ...namesOf('unchanged')])
    expect([target, key, contents[target]?.[key]]).toEqual([target, key, expected[target]?.[key]])
  for (const [target, key] of namesOf('deleted')) expect(contents[target]).not.toHaveProperty(key)
}

// Half of the positions on each day, with each position for one or two of the faults.
describe.each(FAULTS.map((each, index) => [...each, index] as const))(
  'a request that %s',
  (what, fault, index) => {
    test.each(POSITIONS.filter((position) => isTriedToday(position + index, 2)))(
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
  },
)
