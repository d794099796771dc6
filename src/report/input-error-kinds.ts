import type { InputError } from '../secrets/input-error.js'
import type { ErrorKind } from './troubleshooting-link.js'

/** The most kinds of input errors that get a link. */
const MAX_KINDS = 3

/** The kinds of the input errors, the most frequent first, so that a few links cover most errors. */
export function inputErrorKinds(errors: readonly InputError[]): ErrorKind[] {
  const counts = new Map<ErrorKind, number>()
  for (const error of errors) {
    const kind = kindOf(error)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, MAX_KINDS)
    .map(([kind]) => kind)
}

/** An error of a source of secrets has a kind of its own; that of any other input follows from the input. */
function kindOf({ input, kind }: InputError): ErrorKind {
  if (kind !== undefined) return kind
  if (/^NODE_(?:EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)$/.test(input)) return 'tls'
  if (input.startsWith('NODE_')) return 'node-variable'
  if (/^(?:DATABRICKS|ARM|AZURE|ACTIONS)_/.test(input)) return 'auth-settings'
  if (/^https?_proxy$/i.test(input)) return 'proxy'
  return BY_INPUT.get(input) ?? 'invalid-input'
}

/** Of the sources of secrets, these are the kinds of errors that are not marked otherwise. */
const BY_INPUT = new Map<string, ErrorKind>(
  Object.entries({
    secrets: 'invalid-line',
    'secret-envs': 'unreadable-source',
    'secret-files': 'unreadable-source',
    'secrets-file': 'map-file',
    config: 'config-file',
    'config-variables': 'config-file',
    host: 'invalid-host',
    DATABRICKS_HOST: 'invalid-host',
    token: 'auth-settings',
    'auth-type': 'auth-settings',
    'client-id': 'auth-settings',
    'client-secret': 'auth-settings',
    'token-audience': 'auth-settings',
    'azure-client-id': 'auth-settings',
    'azure-client-secret': 'auth-settings',
    'azure-tenant-id': 'auth-settings',
    include: 'name-selection',
    exclude: 'name-selection',
    'key-strip-prefix': 'name-selection',
    'key-case': 'name-selection',
    'key-prefix': 'name-selection',
    permissions: 'permissions-input',
    'permissions-exact': 'permissions-input',
    'github-token': 'comment',
  }),
)
