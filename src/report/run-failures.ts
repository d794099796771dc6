import type { FailureReasons } from './describe-errors.js'
import { groupFailures, signatureOf, type FailureGroup } from './failure-groups.js'
import { keyName, targetName } from './key-name.js'
import type { TargetReport } from './report.js'

type Failing = Pick<TargetReport, 'result' | 'reasons'>

const PARTS = ['stopped', 'keys', 'permissions'] as const

/**
 * Collects the failures of all targets. What failed for the same reason in several targets is one failure. The names are
 * targets, keys as {@link keyName} has them, and principals, with their target if keys have it.
 */
export function collectFailures(targets: readonly Failing[], qualifiesKeys: boolean): FailureReasons {
  const collect = (
    part: keyof FailureReasons,
    nameIn: (name: string, result: TargetReport['result']) => string,
  ): FailureGroup[] =>
    groupFailures(
      targets.flatMap(({ result, reasons }) =>
        reasons[part].map((group) => ({ ...group, names: group.names.map((name) => nameIn(name, result)) })),
      ),
    )
  return {
    stopped: collect('stopped', (name) => name),
    keys: collect('keys', (key, result) => keyName(result, key, qualifiesKeys)),
    permissions: collect('permissions', (principal, result) => {
      return qualifiesKeys ? `${principal} on ${targetName(result)}` : principal
    }),
  }
}

/** Marks the failures that another target has, too. */
export function markSharedFailures<Target extends Failing>(targets: readonly Target[]): Target[] {
  const times = new Map<string, number>()
  for (const { reasons } of targets) {
    for (const part of PARTS) {
      for (const group of reasons[part]) {
        const same = part + signatureOf(group)
        times.set(same, (times.get(same) ?? 0) + 1)
      }
    }
  }
  return targets.map((target) => {
    const mark = (part: keyof FailureReasons): FailureGroup[] =>
      target.reasons[part].map((group) => {
        return { ...group, shared: (times.get(part + signatureOf(group)) ?? 0) > 1 }
      })
    return {
      ...target,
      reasons: { stopped: mark('stopped'), keys: mark('keys'), permissions: mark('permissions') },
    }
  })
}

/** The failures of a target that no other target has, or those that another one has. */
export function failuresThat(are: 'shared' | 'own', reasons: FailureReasons): FailureReasons {
  const select = (groups: readonly FailureGroup[]): FailureGroup[] =>
    groups.filter(({ shared = false }) => shared === (are === 'shared'))
  return {
    stopped: select(reasons.stopped),
    keys: select(reasons.keys),
    permissions: select(reasons.permissions),
  }
}
