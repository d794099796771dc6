import { seededRandom } from '../../emulator/seeded-random.js'
import { singleFaultCases, type Case } from './cases.js'
import { PHASE_CASES } from './phase-cases.js'
import { WHOLE_RUN_CASES } from './whole-run-cases.js'

/** Every case: single faults first. */
export const ALL_CASES: readonly Case[] = [...singleFaultCases(), ...WHOLE_RUN_CASES, ...PHASE_CASES]

/**
 * The cases that the normal test command tries in four days, always the same: so few that it is done soon, and so many that
 * each kind of fault, each call for each duration, and each phase is among them.
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
  const take = (which: (each: Case) => boolean): Case[] =>
    shuffled.filter((each) => {
      if (!which(each)) return false
      rows.add(each.row)
      places.add(each.place)
      return true
    })
  const isNewRow = ({ row }: Case): boolean => !rows.has(row)
  const isNewPlace = ({ place }: Case): boolean => !places.has(place)
  // First those that are new in both respects, so that few are needed.
  return [...take((each) => isNewRow(each) && isNewPlace(each)), ...take(isNewPlace), ...take(isNewRow)]
}
