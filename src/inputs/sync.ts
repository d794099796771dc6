import { readNamePatterns } from '../secrets/name-patterns.js'
import type { SyncOptions } from '../sync/options.js'
import type { InputErrors } from './input-errors.js'
import type { InputTexts } from './input-texts.js'
import { readBoolean, readChoice, readNumber } from './scalars.js'

/** Reads the inputs that say how to write the map to a target, and which keys to delete. */
export function readSyncInputs(texts: InputTexts, errors: InputErrors): SyncOptions {
  const ifExists = readChoice('if-exists', errors, texts)
  const prune = readBoolean('prune', errors, texts)
  const exclude = readNamePatterns(texts('prune-exclude'), 'prune-exclude')
  errors.addAll(exclude.errors)
  const limit = readNumber('prune-limit', errors, texts)
  const maxAgeDays = readNumber('max-age-days', errors, texts)
  return {
    ifExists,
    prune: prune ? { keyPrefix: texts('key-prefix').trim(), exclude: exclude.patterns, limit } : undefined,
    consumers: readBoolean('consumers', errors, texts),
    verify: readBoolean('verify', errors, texts),
    maxAgeDays,
  }
}
