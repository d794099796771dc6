import { getInput } from '@actions/core'

import type { AuthSetting } from '../databricks/auth/auth-settings.js'
import { formatNumber } from '../format-number.js'
import { isDefault } from './input-definitions.js'
import type { InputErrors } from './input-errors.js'

const INPUT = 'oauth-scopes'

/** The longest text of the input, in characters. All API scopes that Databricks documents fit. */
const MAX_LENGTH = 2_000

/**
 * Reads `oauth-scopes`: names of API scopes, separated by spaces, line breaks or commas. No environment variable replaces
 * it, as in Databricks' own tools (Go SDK, `config/config.go`).
 *
 * @returns The names, separated by spaces; undefined for the default.
 */
export function readOauthScopes(errors: InputErrors): AuthSetting<string> | undefined {
  const text = getInput(INPUT)
  if (isDefault(INPUT, text)) return undefined
  if (text.length > MAX_LENGTH) {
    errors.add(INPUT, TOO_LONG)
    return undefined
  }
  const names = new Set(text.split(/[\s,]+/).filter(Boolean))
  if (names.size === 0 || ![...names].every(isScopeToken)) {
    errors.add(INPUT, NOT_NAMES)
    return undefined
  }
  return { value: [...names].join(' '), source: INPUT, from: 'input' }
}

/**
 * Whether the text can be the name of an API scope: printable ASCII without `"` and a backslash (RFC 6749, 3.3), and also
 * without other quotes. It begins with a letter or a digit, so that a bullet or an expression is none.
 */
function isScopeToken(name: string): boolean {
  return /^[a-z0-9][\x21\x23-\x26\x28-\x5b\x5d-\x5f\x61-\x7e]*$/i.test(name)
}

const TOO_LONG = `is longer than ${formatNumber(MAX_LENGTH)} characters. Name only the API scopes that this run needs`

const NOT_NAMES =
  'not a list of API scopes. Write their names without quotes, separated by spaces or commas, such as: secrets'
