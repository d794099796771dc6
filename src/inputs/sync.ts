import { getInput } from '@actions/core'

import { readNamePatterns } from '../secrets/name-patterns.js'
import type { SyncOptions } from '../sync/options.js'
import type { InputErrors } from './input-errors.js'
import { readBoolean, readChoice, readLines, readNumber } from './scalars.js'

/** Reads the inputs that say how to write the map into the scope, and which keys to delete. */
export function readSyncInputs(errors: InputErrors): SyncOptions {
  const ifExists = readChoice('if-exists', errors)
  const prune = readBoolean('prune', errors)
  const exclude = readNamePatterns(readLines('prune-exclude'), 'prune-exclude')
  errors.addAll(exclude.errors)
  const limit = readNumber('prune-limit', errors)
  const maxAgeDays = readNumber('max-age-days', errors)
  return {
    ifExists,
    prune: prune ? { keyPrefix: getInput('key-prefix'), exclude: exclude.patterns, limit } : undefined,
    verify: readBoolean('verify', errors),
    maxAgeDays,
  }
}
