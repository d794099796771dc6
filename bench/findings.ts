/** A line of what the benchmark has found. */
export interface Finding {
  readonly what: string
  /** With its unit. */
  readonly measured: string
  /** The target in words; absent for a figure without a target. */
  readonly wanted?: string
  /** Whether it is as wanted. */
  readonly isMet?: boolean
}

/** A ratio, and the most that it should be. */
export function atMost(what: string, ratio: number, most: number, details: string): Finding {
  const measured = `${ratio.toFixed(2)} times (${details})`
  return { what, measured, wanted: `at most ${most} times`, isMet: ratio <= most }
}

/** A ratio, and the least that it should be. */
export function atLeast(what: string, ratio: number, least: number, details: string): Finding {
  const measured = `${ratio.toFixed(1)} times (${details})`
  return { what, measured, wanted: `at least ${least} times`, isMet: ratio >= least }
}

/** The findings as a table in Markdown. */
export function findingsTable(findings: readonly Finding[]): string {
  return tableOf([
    ['what', 'measured', 'wanted', ''],
    ...findings.map(({ what, measured, wanted = '', isMet }) => [
      what,
      measured,
      wanted,
      isMet === undefined ? '' : isMet ? 'yes' : '**no**',
    ]),
  ])
}

/** A table in Markdown; its first row is the head. */
export function tableOf([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A time in ms, in the unit and with the digits that suit it. */
export function duration(ms: number): string {
  return ms < 999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(2)} s`
}
