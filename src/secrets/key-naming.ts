import { kebabCase, snakeCase } from 'change-case'

import type { InputError } from './input-error.js'
import { MAX_KEY_LENGTH } from './key.js'

/** The choices of `key-case`. */
export const KEY_CASES = ['keep', 'lower', 'upper', 'kebab', 'snake'] as const

/** How a name of a JSON or dotenv map becomes a key. */
export interface KeyNaming {
  /** The prefix to remove from names that have it, case-insensitive; may be empty. */
  readonly stripPrefix: string
  readonly case: (typeof KEY_CASES)[number]
  /** The prefix to add to the key, unchanged; may be empty. */
  readonly prefix: string
}

const NOT_A_CASE = `must be ${KEY_CASES.slice(0, -1).join(', ')} or ${KEY_CASES.slice(-1).join('')}`

const NOT_A_PREFIX = `must be up to ${MAX_KEY_LENGTH - 1} letters, digits, hyphens, underscores and periods, because keys begin with it`

/**
 * Reads `key-strip-prefix`, `key-case` and `key-prefix`. A wrong input counts as not given, so that it causes no second
 * error about the names.
 */
export function readKeyNaming(
  inputs: Readonly<Record<'key-strip-prefix' | 'key-case' | 'key-prefix', string>>,
): { naming: KeyNaming; errors: InputError[] } {
  const errors: InputError[] = []
  const keyCase = KEY_CASES.find((each) => each === (inputs['key-case'] || 'keep'))
  if (keyCase === undefined) errors.push({ input: 'key-case', message: NOT_A_CASE })
  const prefix = inputs['key-prefix']
  const isPrefix = prefix.length < MAX_KEY_LENGTH && /^[A-Za-z0-9_.-]*$/.test(prefix)
  if (!isPrefix) errors.push({ input: 'key-prefix', message: NOT_A_PREFIX })
  return {
    naming: {
      stripPrefix: inputs['key-strip-prefix'],
      case: keyCase ?? 'keep',
      prefix: isPrefix ? prefix : '',
    },
    errors,
  }
}

/** Whether a name begins with `stripPrefix`. */
export function hasStripPrefix(name: string, { stripPrefix }: KeyNaming): boolean {
  return name.toLowerCase().startsWith(stripPrefix.toLowerCase())
}

/** The key for a name. It may be too long for a target, and is empty if nothing is left of the name. */
export function keyFor(name: string, naming: KeyNaming): string {
  const rest = hasStripPrefix(name, naming) ? name.slice(naming.stripPrefix.length) : name
  const key = applyCase(rest, naming.case)
  return key === '' ? '' : naming.prefix + key
}

function applyCase(name: string, keyCase: KeyNaming['case']): string {
  // In a name in upper case, as GitHub's names are, digits do not start a word: K8S_TOKEN is k8s-token, not k8-s-token.
  const words = /[a-z]/.test(name) ? name : name.toLowerCase()
  switch (keyCase) {
    case 'keep':
      return name
    case 'lower':
      return name.toLowerCase()
    case 'upper':
      return name.toUpperCase()
    // Without a locale: in a Turkish one, the lower case of I is not allowed in a key.
    case 'kebab':
      return kebabCase(words, { locale: false })
    case 'snake':
      return snakeCase(words, { locale: false })
  }
}
