import type { Evidence, Seen } from './evidence.js'
import { judgeHealthy } from './judge-healthy.js'
import { judgeKeys } from './judge-keys.js'
import { judgePermissions } from './judge-permissions.js'
import { judgePlan } from './judge-plan.js'
import { OPEN, isWrittenForSure } from './reasons.js'
import { OUTCOMES, readSaid, type Said, type Statement } from './said.js'

/**
 * Holds what a run says against what the workspace has and has seen. It knows nothing of how the action comes to its
 * words: only what they mean to a reader.
 *
 * @returns Every wrong statement, in words; none for a true report.
 */
export function judge(evidence: Evidence): string[] {
  const said = readSaid(evidence.step)
  const judgments =
    evidence.wanted.dryRun === true ? [judgePlan] : [judgeResult, judgePermissions, judgeChange]
  return [judgeEnd, judgePlaces, ...judgments, judgeHealthy, judgeRequests].flatMap((each) =>
    each(evidence, said),
  )
}

function judgeResult(evidence: Evidence, said: Said): string[] {
  return said.stopped ? judgeStop(evidence, said) : judgeKeys(evidence, said)
}

/** How long after a signal the process has to end, in ms: then the runner sends the next one. */
const NEXT_SIGNAL_MS = 7_500

/** The exit code, and what it stands for. */
function judgeEnd({ step, wanted, before, after }: Evidence, said: Said): string[] {
  const { exitCode, signal, timedOut, afterCancelMs = 0 } = step
  if (timedOut) return ['the run hangs']
  if (signal !== null || (exitCode !== 0 && exitCode !== 1))
    return [`it ended with ${String(exitCode ?? signal)}`]
  const failures = [...said.summaryKeys, ...said.summaryPermissions].filter(
    ({ outcome }) => outcome === 'failed',
  )
  const hasFailed = said.stopped || said.cancelled || said.commentFailed || failures.length > 0
  const isLate = afterCancelMs > NEXT_SIGNAL_MS
  const late = isLate ? [`it ended ${Math.round(afterCancelMs)} ms after the signal`] : []
  if (exitCode === 1) {
    return [
      ...late,
      ...(hasFailed ? [] : ['it is red and tells of no failure']),
      ...(said.errors.length > 0 ? [] : ['it is red and has no annotation']),
    ]
  }
  if (wanted.dryRun === true) return hasFailed ? ['it is green and tells of a failure'] : []
  const kept = wanted.prune ? [] : [...before.secrets].map(([key, { value }]) => [key, value] as const)
  const secrets = new Map([...kept, ...Object.entries(wanted.map)])
  const acls = { ...(before.exists ? before.acls : wanted.aclsOfNew), ...wanted.permissions }
  return [
    ...late,
    ...(hasFailed ? ['it is green and tells of a failure'] : []),
    ...differences(
      'green, but in the scope',
      secrets,
      new Map([...after.secrets].map(([key, { value }]) => [key, value])),
    ),
    ...differences(
      'green, but in the ACLs',
      new Map(Object.entries(acls)),
      new Map(Object.entries(after.acls)),
    ),
  ]
}

function differences(
  where: string,
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): string[] {
  return [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((name) => wanted.get(name) !== found.get(name))
    .map((name) => `${where} ${name} is ${found.has(name) ? 'another one, or should not be' : 'missing'}`)
}

/** Log, job summary and outputs have to say the same. */
function judgePlaces(_: Evidence, said: Said): string[] {
  const ofOutputs = OUTCOMES.flatMap((outcome) =>
    (said.outputs[outcome] ?? []).map((name) => ({ name, outcome, reason: '' })),
  )
  const wrong = OUTCOMES.filter((outcome) => said.outputs[outcome] === null).map(
    (outcome) => `no output ${outcome}`,
  )
  const withoutId = (text: string): string => text.replace(/ Request id: [\w*-]+\./g, '')
  const logged = withoutId([...said.errors, ...said.consequences].join('\n'))
  const untold = said.summaryKeys.filter(({ reason }) => !logged.includes(withoutId(reason)))
  return [
    ...wrong,
    ...(said.stopped ? [] : disagreements('outputs', ofOutputs, 'log', said.logKeys)),
    ...disagreements('log', said.logKeys, 'summary', said.summaryKeys),
    ...disagreements('log', said.logPermissions, 'summary', said.summaryPermissions),
    ...untold.map(({ name }) => `the log does not tell why ${name} failed`),
  ]
}

function disagreements(
  one: string,
  ofOne: readonly Statement[],
  other: string,
  ofOther: readonly Statement[],
): string[] {
  const texts = [ofOne, ofOther].map((all) => all.map(({ name, outcome }) => `${name}: ${outcome}`).sort())
  return JSON.stringify(texts[0]) === JSON.stringify(texts[1])
    ? []
    : [`${one} and ${other} disagree on what became of the keys`]
}

/** A run that says that it stopped before the first put. */
function judgeStop({ requests, before, after, wanted }: Evidence, said: Said): string[] {
  const written = requests.filter(({ call }) =>
    ['secrets/put', 'secrets/delete', 'secrets/acls/put'].includes(call),
  )
  const secrets = ({ secrets }: { secrets: Evidence['before']['secrets'] }): string =>
    JSON.stringify([...secrets])
  return [
    ...(written.length > 0
      ? [`it says that it stopped before the first put, and sent ${written.length} writes`]
      : []),
    ...(secrets(before) !== secrets(after)
      ? ['it says that it stopped before the first put, and the scope is another']
      : []),
    ...(said.logKeys.length > 0
      ? ['it says that it stopped before the first put, and what became of keys']
      : []),
    ...judgeOutputsOfStop(
      said,
      Object.keys(wanted.map),
      requests.some(({ call }) => call === 'secrets/scopes/create'),
    ),
  ]
}

/** No key was written. If the run had a plan and could not create the scope, each of them failed. */
function judgeOutputsOfStop({ outputs }: Said, keys: readonly string[], wasPlanned: boolean): string[] {
  const { failed, ...others } = outputs
  const none = failed?.length === 0 && !wasPlanned
  const all = JSON.stringify(failed) === JSON.stringify(keys)
  return [
    ...(none || all ? [] : ['it stopped, and the output failed has not all keys']),
    ...(Object.values(others).some((names) => names?.length !== 0)
      ? ['it stopped, and an output has keys that were written']
      : []),
  ]
}

/** The outputs `changed` and `scope-created`: what is known to have happened. */
function judgeChange({ before, after }: Evidence, said: Said): string[] {
  const isOpen = said.errors.some((error) => OPEN.test(error))
  const isNew = !before.exists && after.exists
  const hasChanged =
    isNew ||
    [...after.secrets.values()].some(({ isPut }) => isPut) ||
    [...before.secrets.keys()].some((key) => !after.secrets.has(key)) ||
    JSON.stringify(before.acls) !== JSON.stringify(after.acls)
  const isKnown =
    said.scopeCreated === 'true' || [...said.summaryKeys, ...said.logPermissions].some(isWrittenForSure)
  return [
    ...(said.scopeCreated === 'true' && !isNew ? ['scope-created is true, and it is not new'] : []),
    ...(said.scopeCreated !== 'true' && isNew && !isOpen ? ['scope-created is false, and it is new'] : []),
    ...(said.changed === 'true' && !hasChanged ? ['changed is true, and nothing has'] : []),
    ...(said.changed !== 'true' && hasChanged && !isOpen ? ['changed is false, and something has'] : []),
    ...(said.changed !== String(isKnown) ? ['changed is not what the rest of the report says'] : []),
  ]
}

/** What was sent: the right bytes, and none more often than there were faults. */
function judgeRequests({ requests, wanted, after, countsFaults }: Evidence): string[] {
  const puts = requests.filter(({ call }) => call === 'secrets/put')
  const wrong = puts.filter(({ about = '', value }) => wanted.map[about] !== value)
  const isThere = Object.entries(wanted.map).every(([key, value]) => after.secrets.get(key)?.value === value)
  const deletes = requests.filter(({ call }) => call === 'secrets/delete')
  return [
    ...wrong.map(({ about }) => `a put of ${about ?? 'nothing'} has other bytes than the map`),
    ...(deletes.length > 0 && !isThere ? ['a key was deleted, and not all of the map is there'] : []),
    ...(countsFaults ? tooMany(requests) : []),
  ]
}

function tooMany(requests: readonly Seen[]): string[] {
  const writes = requests.filter(({ call }) => /put|delete|create/.test(call))
  const groups = new Map<string, Seen[]>()
  for (const seen of writes) {
    const name = `${seen.call} of ${seen.about ?? 'the scope'}`
    groups.set(name, [...(groups.get(name) ?? []), seen])
  }
  // A permission that is not in the list is put again, at most three times.
  const lists = requests.filter(({ call, befallen }) => call === 'secrets/acls/list' && befallen).length
  const allowed = (all: readonly Seen[]): number =>
    all.filter(({ befallen }) => befallen).length +
    (all[0]?.call === 'secrets/acls/put' ? Math.min(3, lists) : 0) +
    1
  return [...groups]
    .filter(([, all]) => all.length > allowed(all))
    .map(([name]) => `${name} was sent more often than it was befallen by faults`)
}
