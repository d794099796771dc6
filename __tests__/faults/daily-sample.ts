/** Set FAULTS=all to try every case of a test that otherwise tries a part of them. The nightly run does. */
export const ALL_FAULTS = process.env['FAULTS'] === 'all'

const DAY = Math.floor(Date.now() / 86_400_000)

/** Tells whether a case is tried today: one case in `parts`, other cases each day, so that all are tried in `parts` days. */
export function isTriedToday(index: number, parts: number): boolean {
  return ALL_FAULTS || (index + DAY) % parts === 0
}
