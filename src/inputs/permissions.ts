import { isPermission } from '../databricks/permission.js'
import { describeLocation, type InputLocation } from '../secrets/input-error.js'
import { normalizePrincipal, type DesiredPermission } from '../stores/permission-plan.js'
import type { InputErrors } from './input-errors.js'

/** Entra ID allows 256 characters in the name of a group. An e-mail address has at most 254 (RFC 5321). */
const MAX_PRINCIPAL_LENGTH = 256

const PRINCIPALS =
  "a principal is a user's e-mail, a group's display name or a service principal's application id"

const EXPECTED = `not a permission. Write principal=READ, principal=WRITE or principal=MANAGE; ${PRINCIPALS}`

const NO_PRINCIPAL =
  `no principal before the last equals sign; ${PRINCIPALS}. If an expression gives the principal, check that its variable ` +
  'is set and visible to this job'

const TOO_LONG = `the principal has more than ${MAX_PRINCIPAL_LENGTH} characters; ${PRINCIPALS}`

const INVISIBLE =
  'the principal contains an invisible character, such as a tab, a zero-width space or a text direction mark, or bytes ' +
  'that are not text. Type the principal again'

const COMMAND =
  'the principal contains two number signs and a square bracket, which the runner reads as a command. Rename the group'

const CONTAINS_CREDENTIAL =
  'the principal contains a credential of this run and would show it. Check that you did not swap two inputs'

/**
 * Control and format characters, line separators, and what is not text. The two characters that join letters and emoji
 * are allowed.
 */
const INVISIBLE_CHARACTER = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u

/**
 * Reads the input `permissions`: lines `principal=READ`, `WRITE` or `MANAGE`. A line is split at the last `=`, because a
 * group may be named `[UC] Team = A`. Blanks around both parts are ignored. The permission is in capitals, as in
 * Databricks. Empty lines and lines that start with `#` are skipped. Principals are case-insensitive, and a repeated
 * principal is an error.
 *
 * @param containsCredential Whether a text contains a credential of this run. A principal may contain a value of the map,
 * such as an application id; the value is redacted when the principal is printed.
 */
export function readPermissionInputs(
  text: string,
  containsCredential: (text: string) => boolean,
  errors: InputErrors,
): DesiredPermission[] {
  const permissions: DesiredPermission[] = []
  const first = new Map<string, InputLocation>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const location = { input: 'permissions', line: index + 1 }
    // An empty part may come from a variable that GitHub hides from this run.
    const addError = (message: string, isEmpty = false): void => {
      errors.addAll([{ ...location, message, ...(isEmpty && { cause: 'not-visible' }) }])
    }
    const split = line.lastIndexOf('=')
    const principal = line.slice(0, Math.max(split, 0)).trim()
    const permission = line.slice(split + 1).trim()
    if (split === -1 || !isPermission(permission)) {
      addError(EXPECTED, split !== -1 && permission === '')
      continue
    }
    permissions.push({ principal, permission })
    if (principal === '') {
      addError(NO_PRINCIPAL, true)
      continue
    }
    if (Array.from(principal).length > MAX_PRINCIPAL_LENGTH) addError(TOO_LONG)
    if (INVISIBLE_CHARACTER.test(principal)) addError(INVISIBLE)
    if (principal.includes('##[')) addError(COMMAND)
    if (containsCredential(principal)) addError(CONTAINS_CREDENTIAL)
    const earlier = first.get(normalizePrincipal(principal))
    if (earlier === undefined) first.set(normalizePrincipal(principal), location)
    else addError(repeated(earlier))
  }
  return permissions
}

function repeated(earlier: InputLocation): string {
  return `same principal as ${describeLocation(earlier)} (names are case-insensitive). Remove one`
}
