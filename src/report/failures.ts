/** What failed for one and the same reason. */
export interface Failure {
  /** How it ended: `failed`, or more exactly. */
  readonly outcome: string
  /** The keys or the principals that it befell, in their order. */
  readonly names: readonly string[]
  /** Why, and what to change: with the id of one request, which is enough for a support case. */
  readonly reason: string
}

/** Two that stand in every explanation of a request, and differ where nothing else does. */
const TRIED = /\bIt was tried (\d+) times in ([\d.]+) s\./
const REQUEST_ID = / Request id: [\w*-]+\.$/

/** Puts those together that failed alike; the reason that befell most of them comes first. */
export function groupFailures(failures: readonly Failure[]): Failure[] {
  const groups = new Map<string, { outcome: string; names: string[]; reasons: string[] }>()
  for (const { outcome, names, reason } of failures) {
    const same = `${outcome}: ${reason.replace(TRIED, '').replace(REQUEST_ID, '')}`
    const group = groups.get(same) ?? { outcome, names: [], reasons: [] }
    group.names.push(...names)
    group.reasons.push(reason)
    groups.set(same, group)
  }
  return [...groups.values()]
    .map(({ outcome, names, reasons }) => ({ outcome, names, reason: inCommon(reasons) }))
    .sort((one, other) => other.names.length - one.names.length)
}

/** Some were given up sooner than others: told is how often and how long at most, and that it is that. */
function inCommon(reasons: readonly string[]): string {
  const [first = ''] = reasons
  const attempts = reasons.map((reason) => TRIED.exec(reason) ?? [])
  if (new Set(attempts.map(([text]) => text)).size === 1) return first
  const [times = 0, seconds = 0] = [1, 2].map((at) => Math.max(...attempts.map((match) => Number(match[at]))))
  return first.replace(TRIED, `It was tried up to ${times} times in up to ${seconds.toFixed(1)} s.`)
}
