import { getBooleanInput, getInput } from '@actions/core'

import type { Fault } from './fault.js'
import { readNamePatterns } from './secrets/name-patterns.js'
import { IF_EXISTS, type SyncOptions } from './sync/options.js'

/** The most days that `max-age-days` takes: ten years. */
const MAX_AGE_DAYS = 3_650

/** The most keys that a run may be allowed to delete: as many as a scope holds. */
const MAX_PRUNE_LIMIT = 1_000

/** Names what is wrong with an input. */
type ReportFault = (input: string, message: string) => void

/**
 * Reads how the map is to be brought into the scope. Where an input is wrong, the value given for it is of no use, and
 * its fault is among `faults`.
 *
 * @param keyPrefix What the keys of this map begin with: no others are pruned.
 */
export function readSyncOptions(keyPrefix: string, faults: Fault[]): SyncOptions {
  const fault: ReportFault = (input, message) => void faults.push({ input, message })
  const ifExists = IF_EXISTS.find((each) => each === getInput('if-exists'))
  if (ifExists === undefined) fault('if-exists', 'must be update, compare or keep')
  const prune = readBoolean('prune', fault) ?? false
  const exclude = readNamePatterns(getInput('prune-exclude'), 'prune-exclude')
  faults.push(...exclude.faults)
  const limit = readNumber('prune-limit', { min: 0, max: MAX_PRUNE_LIMIT }, fault) ?? 0
  const maxAgeDays = readNumber('max-age-days', { min: 1, max: MAX_AGE_DAYS }, fault)
  return {
    ifExists: ifExists ?? 'update',
    prune: prune
      ? { keyPrefix, isExcluded: (key) => exclude.patterns.some(({ matches }) => matches(key)), limit }
      : undefined,
    verify: readBoolean('verify', fault) ?? false,
    dryRun: readBoolean('dry-run', fault) ?? false,
    maxAgeDays,
  }
}

/** Reads what GitHub takes for a boolean; undefined where it is none. */
export function readBoolean(input: string, fault: ReportFault): boolean | undefined {
  try {
    return getBooleanInput(input)
  } catch {
    fault(input, 'must be true or false')
    return undefined
  }
}

/** Reads a whole number within bounds; undefined where none is given, or a wrong one. */
export function readNumber(
  input: string,
  { min, max }: { readonly min: number; readonly max: number },
  fault: ReportFault,
): number | undefined {
  const text = getInput(input)
  if (text === '') return undefined
  const number = Number(text)
  if (/^\d{1,9}$/.test(text) && number >= min && number <= max) return number
  fault(input, `must be a whole number from ${min} to ${max.toLocaleString('en')}`)
  return undefined
}
