import { describe, expect, test } from '@jest/globals'

import { FaultScript, type ScriptedFault } from '../../../emulator/fault-script.js'
import type { EmulatedWorkspace } from '../../../emulator/workspace.js'
import { ALL_FAULTS, isTriedToday } from '../../faults/daily-sample.js'
import { FAULT_KINDS, type FaultKind } from '../../faults/fault-kinds.js'
import type { StepResult } from '../../runner/step.js'
import { HURRIED, syncTo } from '../sync-step.js'
import { ADA, startWith } from './schema-step.js'

const MAP: Readonly<Record<string, string>> = {
  same: 'fake-same',
  old: 'fake-new-value',
  new1: 'fake-1',
  new2: 'fake-2',
}
/** A group that Ada is not in. */
const OTHERS = '[UC] Team = A'

/** The grants on the schema before the run and after it. */
const GRANTS_BEFORE = { auditors: ['WRITE_SECRET'], [OTHERS]: ['READ_SECRET'] } as const
const GRANTS_AFTER: Readonly<Record<string, string>> = {
  auditors: 'READ_SECRET',
  'data-team': 'WRITE_SECRET',
}
const BEFORE: Readonly<Record<string, string>> = { same: 'fake-same', old: 'fake-old', gone: 'fake-gone' }

/** A request of the run that a fault affects: its call, its position, and the name that `notFor` of a fault knows. */
interface Place {
  readonly call: NonNullable<ScriptedFault['call']>
  readonly at: number
  readonly name: string
}

/** Each call of a run, and for reads of values one that compares and one that verifies. */
const PLACES: readonly Place[] = [
  { call: 'GET unity-catalog/schemas/*', at: 1, name: 'schemas/get' },
  { call: 'GET unity-catalog/secrets', at: 1, name: 'secrets/list' },
  { call: '/api/2.0/preview/scim/v2/Me', at: 1, name: 'Me' },
  { call: 'GET unity-catalog/secrets/*', at: 2, name: 'secrets/get' },
  { call: 'GET unity-catalog/secrets/*', at: 4, name: 'secrets/get' },
  { call: 'POST unity-catalog/secrets', at: 1, name: 'secrets/create' },
  { call: 'POST unity-catalog/secrets', at: 2, name: 'secrets/create' },
  { call: 'PATCH unity-catalog/secrets/*', at: 1, name: 'secrets/put' },
  { call: 'DELETE unity-catalog/secrets/*', at: 1, name: 'secrets/delete' },
  // Of the schema and of the catalog, and read back.
  { call: 'GET unity-catalog/permissions/*/*', at: 1, name: 'secrets/acls/list' },
  { call: 'GET unity-catalog/permissions/*/*', at: 2, name: 'secrets/acls/list' },
  { call: 'GET unity-catalog/permissions/*/*', at: 3, name: 'secrets/acls/list' },
  { call: 'PATCH unity-catalog/permissions/*/*', at: 1, name: 'secrets/acls/put' },
]

/** With FAULTS=all every kind of fault, else those that differ most. */
const KINDS = FAULT_KINDS.filter(({ everywhere }) => everywhere || ALL_FAULTS)

/** Runs the action with this fault, and returns every wrong statement of its report. */
async function play(kind: FaultKind, place: Place, duration: 'once' | 'for ever'): Promise<string[]> {
  const workspace = await startWith({ owner: ADA, secrets: BEFORE, grants: GRANTS_BEFORE })
  workspace.catalogs.catalog('main').owner = ADA
  try {
    const times = duration === 'once' ? 1 : Infinity
    const script = new FaultScript([{ call: place.call, at: place.at, times, fault: kind.fault }])
    workspace.intercept(script.play)
    const step = await syncTo(
      workspace,
      {
        scope: '',
        schema: 'main.storage',
        secrets: JSON.stringify(MAP),
        'if-exists': 'compare',
        prune: 'true',
        verify: 'true',
        permissions: 'auditors=READ SECRET\ndata-team=WRITE SECRET',
        'permissions-exact': 'true',
        'expire-after-days': '30',
        'retry-timeout-seconds': duration === 'once' ? '300' : '1',
      },
      { ...(kind.slow ? HURRIED : {}), timeoutMs: 90_000, allowStderr: true },
    )
    // The identity is optional, so a response that never comes is not waited for. Then permissions-exact stops the run.
    const isGivenUp = kind.slow && place.name === 'Me'
    const mustSurvive = kind.passes && duration === 'once' && !isGivenUp
    return [
      ...(script.left.length === 0 ? [] : ['the fault was not tried']),
      ...(mustSurvive && step.exitCode !== 0 ? ['it failed, although it could be sent again'] : []),
      ...judge(step, workspace),
    ].map((wrong) => `${kind.name}, ${kind.effect}, ${place.call} ${place.at}, ${duration}: ${wrong}`)
  } finally {
    await workspace.close()
  }
}

/** What the log says of each permission. */
function permissionsIn(log: string): { outcome: string; principal: string }[] {
  const [, block = ''] = /^Permissions\n((?: {2}.+\n)+)/m.exec(log) ?? []
  return [...block.matchAll(/^ {2}(\w+) +(.+): [A-Z, ]+(?: \(was .+\))?$/gm)].map(
    ([, outcome = '', principal = '']) => ({ outcome, principal }),
  )
}

function judge(step: StepResult, { catalogs }: EmulatedWorkspace): string[] {
  const after = catalogs.valuesIn('main.storage')
  const { exitCode, log, outputs } = step
  const held = (principal: string): string =>
    [...(catalogs.schema('main.storage').grants.get(principal) ?? [])].join()
  const keysOf = (name: string): string[] => JSON.parse(outputs[name] ?? 'null') as string[]
  const wrong: string[] = []
  const check = (isRight: boolean, text: string): void => {
    if (!isRight) wrong.push(text)
  }
  check(!step.timedOut && (exitCode === 0 || exitCode === 1), 'it hangs or crashes')
  check(step.stderr === '', 'it writes to stderr')
  check(!log.includes('An unexpected error'), 'it crashes')
  const errors = step.annotations.filter(({ level }) => level === 'error').map(({ message }) => message)
  check((exitCode === 0) === (errors.length === 0), 'its end is not what it reports')
  if (log.includes('Stopped before anything was written')) {
    check(JSON.stringify(after) === JSON.stringify(BEFORE), 'it says that nothing was written')
    for (const [principal, privileges] of Object.entries(GRANTS_BEFORE))
      check(held(principal) === privileges.join(), 'it says that nothing was written, and changed grants')
    return wrong
  }
  const failed = keysOf('failed')
  const permissions = permissionsIn(log)
  const hasFailed = failed.length > 0 || permissions.some(({ outcome }) => outcome === 'failed')
  check((exitCode === 0) === !hasFailed, 'failed is not what its end is')
  for (const principal of [...Object.keys(GRANTS_AFTER), OTHERS]) {
    const outcome = permissions.find((each) => each.principal === principal)?.outcome ?? 'not reported'
    const desired = GRANTS_AFTER[principal] ?? ''
    const before = (GRANTS_BEFORE as Readonly<Record<string, readonly string[]>>)[principal]?.join() ?? ''
    if (outcome !== 'failed') {
      check(outcome === (desired === '' ? 'removed' : 'set'), `the grant of ${principal} is ${outcome}`)
      check(held(principal) === desired, `the grant of ${principal} is not ${outcome}`)
      continue
    }
    const reason = errors.find((error) => error.split(': ')[0]?.includes(`"${principal}"`) === true) ?? ''
    const isOpen =
      /may or may not have been applied|could not be read back|returns another value|several times/.test(
        reason,
      )
    check(reason !== '', `it does not say why the grant of ${principal} failed`)
    check(
      held(principal) === before || (isOpen && held(principal) === desired),
      `the grant of ${principal} was changed, and it does not say so`,
    )
  }
  const isLeftAlone = log.includes('prune left alone')
  if (exitCode === 0)
    check(
      JSON.stringify(Object.entries(after).sort()) ===
        JSON.stringify(Object.entries({ ...(isLeftAlone && { gone: BEFORE['gone'] }), ...MAP }).sort()),
      'it succeeds, and the schema is not as it should be',
    )
  for (const key of keysOf('created'))
    check(!(key in BEFORE) && after[key] === MAP[key], `${key} is not created`)
  for (const key of [...keysOf('updated'), ...keysOf('unchanged')])
    check(key in BEFORE && after[key] === MAP[key], `${key} is not updated or unchanged`)
  for (const key of keysOf('deleted')) check(!(key in after), `${key} is not deleted`)
  for (const key of failed) {
    const reason = errors.find((error) => error.split(': ')[0]?.split(', ').includes(key) === true) ?? ''
    const isWritten = reason.includes('Written, but ')
    const isOpen = reason.includes('may or may not have been applied')
    const isUntouched = after[key] === BEFORE[key]
    const isHeldBack = key === 'gone' && log.includes('Not deleted, because another key failed')
    check(reason !== '' || isHeldBack, `it does not say why ${key} failed`)
    if (isWritten) check(after[key] === MAP[key], `${key} is not written`)
    else
      check(isUntouched || (isOpen && after[key] === MAP[key]), `${key} was written, and it does not say so`)
  }
  const told = ['created', 'updated', 'unchanged', 'deleted', 'failed'].flatMap(keysOf)
  for (const key of [...Object.keys(MAP), ...(isLeftAlone ? [] : ['gone'])])
    check(told.filter((each) => each === key).length === 1, `${key} is not reported once`)
  return wrong
}

/** Each kind at each place, one in sixteen on each day, with all places among them. */
const CASES = KINDS.flatMap((kind) => PLACES.map((place) => ({ kind, place }))).filter(
  ({ kind, place }, index) => !kind.notFor.test(place.name) && isTriedToday(index, 16),
)

// A run must report what is true, whatever goes wrong at whichever of its requests.
describe('a fault at each call of a run into a schema', () => {
  test.concurrent.each(CASES)('$kind.name, $kind.effect: $place.call $place.at', async ({ kind, place }) => {
    expect(await play(kind, place, 'once')).toEqual([])
    // A workspace that stays broken is tried at the first position.
    if (place.at === 1 && !kind.slow) expect(await play(kind, place, 'for ever')).toEqual([])
  })
})
