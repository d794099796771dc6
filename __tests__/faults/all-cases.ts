import { seededRandom } from '../../emulator/seeded-random.js'
import { singleFaultCases, type Case } from './cases.js'
import { PHASE_CASES } from './phase-cases.js'
import { WHOLE_RUN_CASES } from './whole-run-cases.js'

/** Every case: single faults first. */
export const ALL_CASES: readonly Case[] = [...singleFaultCases(), ...WHOLE_RUN_CASES, ...PHASE_CASES]

/**
 * The cases of the normal test command, always the same: so few that it is done soon, and so many that each kind of
 * fault, each call for each duration, and each phase is among them.
 */
export function sampleOf(cases: readonly Case[]): Case[] {
  const random = seededRandom(1)
  const shuffled = cases
    .filter(({ long = false }) => !long)
    .map((each) => ({ each, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ each }) => each)
  const rows = new Set<string>()
  const places = new Set<string>()
  return shuffled.filter(({ row, place }) => {
    if (rows.has(row) && places.has(place)) return false
    rows.add(row)
    places.add(place)
    return true
  })
}
