import { isPermission } from '../databricks/permission.js'
import { describeLocation, type InputError, type InputLocation } from '../secrets/input-error.js'
import { normalizePrincipal, type DesiredPermission } from '../sync/permissions.js'

/** Entra ID gives a group's name 256 characters, and an e-mail has no more than 254 (RFC 5321). */
const MAX_PRINCIPAL_LENGTH = 256

const PRINCIPALS =
  "a principal is a user's e-mail, a group's display name or a service principal's application id"

const EXPECTED = `not a line of permissions. Write principal=READ, principal=WRITE or principal=MANAGE; ${PRINCIPALS}`

const NO_PRINCIPAL =
  `there is no principal in front of the last equals sign; ${PRINCIPALS}. If it comes from an expression, check that what this ` +
  'names is set and visible to this job'

const TOO_LONG = `the principal has more than ${MAX_PRINCIPAL_LENGTH} characters; ${PRINCIPALS}`

const INVISIBLE =
  'the principal holds a character that cannot be seen, such as a tab, a zero-width blank or a mark of writing ' +
  'direction, or one that is not text at all. Type the principal anew'

const COMMAND =
  'the principal holds two number signs and a square bracket, which the runner takes for a command'

const HOLDS_CREDENTIAL =
  'the principal contains what this run signs in with, and would show it. Check that no two inputs have changed places'

/** Control and format characters, but for the two that join letters and emoji; line separators; what is not text. */
const INVISIBLE_CHARACTER = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u

/**
 * Reads the input `permissions`: lines `principal=READ`, `WRITE` or `MANAGE`, split at the last `=`, since a group may
 * be named `[UC] Team = A`. Blanks around either part do not count; the permission is in capitals, as Databricks has it.
 * Empty lines and lines that start with `#` are skipped. Nobody may be named twice, in whichever case of letters.
 *
 * @param holdsCredential Whether a text contains what this run signs in with: a principal is sent and shown. (It may
 * contain a value of the map, an application id for one, and is shown without it.)
 */
export function readPermissionInputs(
  text: string,
  holdsCredential: (text: string) => boolean,
): { permissions: DesiredPermission[]; errors: InputError[] } {
  const permissions: DesiredPermission[] = []
  const errors: InputError[] = []
  const first = new Map<string, InputLocation>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const location = { input: 'permissions', line: index + 1 }
    // An empty part may come from a variable that GitHub does not give to this run.
    const addError = (message: string, isEmpty = false): void =>
      void errors.push({ ...location, message, ...(isEmpty && { cause: 'not-visible' }) })
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
    if (holdsCredential(principal)) addError(HOLDS_CREDENTIAL)
    const earlier = first.get(normalizePrincipal(principal))
    if (earlier === undefined) first.set(normalizePrincipal(principal), location)
    else addError(repeated(earlier))
  }
  return { permissions, errors }
}

function repeated(earlier: InputLocation): string {
  return `the principal is that of ${describeLocation(earlier)}, but for the case of letters perhaps. Leave one of the two`
}
