import { isPermission } from '../databricks/permission.js'
import { describeLocation, type InputLocation } from '../secrets/input-error.js'
import {
  normalizePrincipal,
  type DesiredPermission,
  type DesiredPermissions,
} from '../stores/permission-plan.js'
import { joinPrivileges, parsePrivilege, PRIVILEGES, type Privilege } from '../stores/privileges.js'
import type { InputErrors } from './input-errors.js'
import type { InputTexts } from './input-texts.js'
import { readBoolean } from './scalars.js'

/** What permissions are set on. */
type PermissionTarget = 'scope' | 'schema' | 'secret'

/** Entra ID allows 256 characters in the name of a group. An e-mail address has at most 254 (RFC 5321). */
const MAX_PRINCIPAL_LENGTH = 256

const PRINCIPALS =
  "a principal is a user's e-mail, a group's display name or a service principal's application id"

/** The error for a word that is no permission. It names no form, because a config file has another one than the input. */
const EXPECTED: Readonly<Record<PermissionTarget, string>> = {
  scope: 'not a permission. Write READ, WRITE or MANAGE after the principal',
  schema:
    'not a privilege on a schema. After the principal, write one or more of READ SECRET, WRITE SECRET, REFERENCE SECRET and ' +
    'CREATE SECRET, separated by commas',
  secret:
    'not a privilege on a secret. After the principal, write one or more of READ SECRET, WRITE SECRET and REFERENCE SECRET, ' +
    'separated by commas',
}

/** The error for a line without an equals sign. A config file has no such lines. */
function noEqualsSign(target: PermissionTarget): string {
  const example = target === 'scope' ? 'READ' : 'READ SECRET'
  return `not a permission. Write principal=${example}, with an equals sign; ${PRINCIPALS}`
}

/** A privilege that has a permission on scopes with the same use. The two are never translated: they give other access. */
const LIKE_PRIVILEGE: Partial<Record<Privilege, string>> = { 'READ SECRET': 'READ', 'WRITE SECRET': 'WRITE' }

const NOTHING_NAMED =
  'needs the input permissions, which names no principal. Name each principal that keeps its permission, or remove ' +
  'permissions-exact'

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
 * Reads the inputs `permissions` and `permissions-exact` of a target.
 *
 * @param hasOthers Whether single secrets of the target have permissions, so that `permissions-exact` has an effect.
 */
export function readPermissions(
  texts: InputTexts,
  target: PermissionTarget,
  containsCredential: (text: string) => boolean,
  errors: InputErrors,
  hasOthers = false,
): DesiredPermissions {
  const before = errors.all.length
  const lines = readPermissionInputs(texts('permissions'), target, containsCredential, errors)
  const hasErrors = errors.all.length > before
  const exact = readBoolean('permissions-exact', errors, texts)
  // Taken as it is, it would remove every permission.
  if (exact && lines.length === 0 && !hasOthers && !hasErrors)
    errors.add('permissions-exact', NOTHING_NAMED, 'not-visible')
  return { lines, exact }
}

/**
 * Reads the input `permissions`: lines `principal=READ`, `WRITE` or `MANAGE`, or for a schema or a secret, lines
 * `principal=READ SECRET, WRITE SECRET`. A line is split at the last `=`, because a group may be named `[UC] Team = A`. Blanks
 * around both parts are ignored. Permissions and privileges are case-insensitive, as in SQL. A privilege may have an underscore,
 * as in the API. Empty lines and lines that start with `#` are skipped. Principals are case-insensitive, and a repeated principal
 * is an error.
 *
 * @param containsCredential Whether a text contains a credential of this run. A principal may contain a value of the map,
 * such as an application id; the value is redacted when the principal is printed.
 */
export function readPermissionInputs(
  text: string,
  target: PermissionTarget,
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
      errors.addAll([
        { ...location, message, kind: 'permissions-input', ...(isEmpty && { cause: 'not-visible' }) },
      ])
    }
    const split = line.lastIndexOf('=')
    const principal = line.slice(0, Math.max(split, 0)).trim()
    const given = line.slice(split + 1).trim()
    const permission = split === -1 ? undefined : parsePermission(given, target)
    if (permission === undefined) {
      const message = split === -1 ? noEqualsSign(target) : explainPermission(given, target)
      addError(message, split !== -1 && given === '')
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

/** The permission in the spelling of the store; undefined if it is none. */
function parsePermission(text: string, target: PermissionTarget): string | undefined {
  if (target === 'scope') {
    const permission = text.toUpperCase()
    return isPermission(permission) ? permission : undefined
  }
  const privileges = text.split(',').map((part) => parsePrivilege(part, target))
  const known = privileges.filter((privilege) => privilege !== undefined)
  return known.length === privileges.length ? joinPrivileges(known) : undefined
}

/** Says why a text is not a permission: it may be one of another kind of target. Only known words are quoted. */
function explainPermission(text: string, target: PermissionTarget): string {
  const parts = text.split(',').map((part) => part.trim())
  for (const part of parts) {
    const privilege = parsePrivilege(part, 'schema')
    if (target === 'scope' && privilege !== undefined) {
      const write = LIKE_PRIVILEGE[privilege] ?? 'READ, WRITE or MANAGE'
      return `${privilege} is a privilege on a schema. On a scope, write ${write}`
    }
    if (target === 'scope') continue
    if (target === 'secret' && privilege === 'CREATE SECRET')
      return 'CREATE SECRET is a privilege on a schema. Write it in the permissions of the schema'
    const broad = /^(?:MANAGE|ALL[ _]PRIVILEGES)$/i.exec(part)?.[0].toUpperCase().replace('_', ' ')
    if (broad !== undefined) {
      return (
        `${broad} on a ${target} is not set by this action${target === 'schema' ? ', because it concerns tables and volumes too' : ''}. ` +
        `Write one or more of ${PRIVILEGES[target].join(', ')}`
      )
    }
    const like = PRIVILEGES[target].find((each) => LIKE_PRIVILEGE[each] === part.toUpperCase())
    if (like !== undefined)
      return `${part.toUpperCase()} is a permission on a scope. On a ${target}, write ${like}`
  }
  return EXPECTED[target]
}

function repeated(earlier: InputLocation): string {
  return `same principal as ${describeLocation(earlier)} (names are case-insensitive). Remove one`
}
