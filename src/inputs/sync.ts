import { getInput } from '@actions/core'

import type { InputError } from '../secrets/input-error.js'
import { readBoolean, readChoice, readNumber, type AddInputError } from './scalars.js'
import { MAX_KEYS } from '../secrets/key.js'
import { readNamePatterns } from '../secrets/name-patterns.js'
import { IF_EXISTS, type SyncOptions } from '../sync/options.js'

/** The numbers among these inputs; ten years are as long as anybody has waited. */
const MAX_AGE_DAYS = { least: 1, most: 3_650, default: undefined }
const PRUNE_LIMIT = { least: 0, most: MAX_KEYS, default: 10 }

/**
 * Reads how the map is to be brought into the scope. Where an input is wrong, the value given for it is of no use, and
 * its fault is among `faults`.
 *
 * @param keyPrefix What the keys of this map begin with: no others are pruned.
 */
export function readSyncInputs(keyPrefix: string, errors: InputError[]): SyncOptions {
  const addError: AddInputError = (input, message, cause) =>
    void errors.push({ input, message, ...(cause !== undefined && { cause }) })
  const ifExists = readChoice('if-exists', IF_EXISTS, addError)
  const prune = readBoolean('prune', addError) ?? false
  // Untrimmed, so that lines are counted from the first.
  const exclude = readNamePatterns(getInput('prune-exclude', { trimWhitespace: false }), 'prune-exclude')
  for (const each of exclude.errors) errors.push(each)
  const limit = readNumber<number>('prune-limit', PRUNE_LIMIT, addError)
  const maxAgeDays = readNumber<number | undefined>('max-age-days', MAX_AGE_DAYS, addError)
  return {
    ifExists: ifExists ?? 'update',
    prune: prune ? { keyPrefix, exclude: exclude.patterns, limit } : undefined,
    verify: readBoolean('verify', addError) ?? false,
    dryRun: readBoolean('dry-run', addError) ?? false,
    maxAgeDays,
  }
}
