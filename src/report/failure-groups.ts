import type { Attempts, Explanation } from './explanation.js'

/** Keys or principals that failed for the same reason. */
export interface FailureGroup {
  /** The outcome: `failed`, or a more exact word for it. */
  readonly outcome: string
  /** The keys or the principals, in their order. */
  readonly names: readonly string[]
  /** The reason, with the id of one request, which is enough for a support case. */
  readonly reason: Explanation
  /** True where another target has the same failure. Then the job summary explains it once, above the targets. */
  readonly shared?: boolean
}

/** Groups what failed with the same outcome for the same reason. The largest group comes first. */
export function groupFailures(failures: readonly FailureGroup[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup & { names: string[]; attempts: Attempts[] }>()
  for (const { outcome, names, reason } of failures) {
    const same = signatureOf({ outcome, reason })
    const { attempts } = reason
    const group = groups.get(same) ?? { outcome, names: [], reason, attempts: [] }
    group.names.push(...names)
    if (attempts !== undefined) group.attempts.push(attempts)
    groups.set(same, group)
  }
  return [...groups.values()]
    .map(({ outcome, names, reason, attempts }) => ({ outcome, names, reason: withMost(reason, attempts) }))
    .sort((one, other) => other.names.length - one.names.length)
}

/** A text that is the same for failures with the same outcome and reason, whatever differs between two requests. */
export function signatureOf({ outcome, reason }: Pick<FailureGroup, 'outcome' | 'reason'>): string {
  const { kind, what, attempts, advice, commands } = reason
  return JSON.stringify([outcome, kind, what, attempts === undefined, advice, commands])
}

/** A reason with the most tries and the longest time of its group: some requests are given up sooner than others. */
function withMost(reason: Explanation, attempts: readonly Attempts[]): Explanation {
  const [first] = attempts
  if (attempts.every(({ tries, ms }) => tries === first?.tries && ms === first.ms)) return reason
  const most = (field: 'tries' | 'ms'): number => Math.max(...attempts.map((each) => each[field]))
  return { ...reason, attempts: { tries: most('tries'), ms: most('ms'), atMost: true } }
}
