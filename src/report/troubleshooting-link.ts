import packageJson from '../../package.json' with { type: 'json' }
import type { Redactor } from '../secrets/masks/redactor.js'

/** The headings of docs/troubleshooting.md that an error can link to, by the kind of the error. */
export const HEADINGS = {
  // Input errors
  'empty-value': 'Empty value',
  'invalid-value': 'Invalid value',
  'invalid-line': 'Invalid line',
  'invalid-json': 'Invalid JSON',
  'invalid-key': 'Invalid or duplicate key',
  'name-selection': 'Include, exclude and key names',
  'no-secrets': 'No secrets given',
  'too-large': 'Too large',
  'unreadable-source': 'Files and environment variables',
  'map-file': 'secrets-file format',
  'config-file': 'Config file',
  'unknown-input': 'Unknown input',
  'invalid-input': 'Invalid input',
  'invalid-host': 'Invalid host',
  'node-variable': 'Node.js variables',
  'permissions-input': 'Permissions input',
  // Authentication
  'auth-settings': 'Authentication settings',
  'access-token': 'Invalid access token',
  network: 'Network restrictions',
  workspace: 'No access to the workspace',
  'federation-policy': 'Federation policy',
  'oauth-secret': 'OAuth secret',
  'api-scopes': 'API scopes',
  azure: 'Azure sign-in',
  // Requests
  unreachable: 'Cannot connect',
  proxy: 'Proxy',
  tls: 'Certificates',
  'unexpected-response': 'Unexpected response',
  'connection-lost': 'Timeout or connection lost',
  transient: 'Rate limit and retries',
  cancelled: 'Cancelled',
  // Scope or schema, keys and permissions
  'scope-not-found': 'Scope not found',
  'schema-not-found': 'Schema not found',
  'catalog-binding': 'Catalog binding',
  'external-secrets': 'External secret manager',
  'unity-catalog-secrets-off': 'Unity Catalog secrets not enabled',
  'no-unity-catalog': 'Workspace without Unity Catalog',
  'unseen-secret': 'Secrets of other owners',
  'permission-denied': 'Permission denied',
  quota: 'Quota exceeded',
  'standard-plan': 'Standard plan',
  'key-vault': 'Azure Key Vault',
  prune: 'Delete keys (prune)',
  'read-back': 'Compare and verify',
  // The end of the run
  comment: 'Pull request comment',
  outputs: 'Summary and outputs',
  internal: 'Internal error',
} as const

/** What kind of error ended a run: each kind has a heading in docs/troubleshooting.md. */
export type ErrorKind = keyof typeof HEADINGS

/** A heading of docs/troubleshooting.md, and where it is. */
export interface TroubleshootingLink {
  readonly heading: string
  /** Undefined where a mask of this run would make every address useless. */
  readonly url: string | undefined
}

/** The variables of the runner that name the action and the ref that run. */
type RunnerVariables = Readonly<Record<string, string | undefined>>

const PAGE = 'docs/troubleshooting.md'

const [, REPOSITORY_URL = '', REPOSITORY = ''] =
  /^git\+(https:\/\/github\.com\/([^/]+\/[^/]+))\.git$/.exec(packageJson.repository.url) ?? []

/**
 * Links an error kind to its heading, on the page that belongs to the version that runs. The address holds only words
 * of this repository and the ref of the action.
 *
 * @param redactor Finds the addresses that a mask would make useless; omit it where the values are not known.
 */
export function troubleshootingLink(
  kind: ErrorKind,
  env: RunnerVariables,
  redactor?: Redactor,
): TroubleshootingLink {
  const heading = HEADINGS[kind]
  const urls = refs(env).map((ref) => `${REPOSITORY_URL}/blob/${ref}/${PAGE}#${anchorOf(heading)}`)
  return { heading, url: urls.find((url) => redactor === undefined || redactor.redactWholes(url) === url) }
}

/** The line that closes an error in the log: the address, or the heading in words where no address can be shown. */
export function linkLine({ heading, url }: TroubleshootingLink): string {
  return `Cause and fix: ${url ?? inWords(heading)}`
}

/** The same with the heading, for one of several links. */
export function labelledLinkLine({ heading, url }: TroubleshootingLink): string {
  return `Cause and fix: ${url === undefined ? inWords(heading) : `${heading}: ${url}`}`
}

/** An error of the log with its link, if it has one, on a line of its own. */
export function withLink(message: string, link: TroubleshootingLink | undefined): string {
  return link === undefined ? message : `${message}\n${linkLine(link)}`
}

/** The same as a paragraph in GitHub-flavoured Markdown, for several kinds of errors if need be. */
export function renderLinks(links: readonly TroubleshootingLink[]): string {
  const shown = links.map(({ heading, url }) =>
    url === undefined ? inWords(heading) : `[${heading}](${url})`,
  )
  return `Cause and fix: ${shown.join(', ')}`
}

function inWords(heading: string): string {
  return `${heading}, in ${PAGE} of this action`
}

/**
 * The refs to try. `GITHUB_ACTION_REF` is that of another action where this one runs in a composite action, and it is
 * empty for `uses: ./`: the tag of this version is always right.
 */
function refs({
  GITHUB_ACTION_REPOSITORY: repository = '',
  GITHUB_ACTION_REF: ref = '',
}: RunnerVariables): string[] {
  const isOurs = repository.toLowerCase() === REPOSITORY.toLowerCase() && /^[\w.-]+(?:\/[\w.-]+)*$/.test(ref)
  return [...(isOurs ? [ref] : []), `v${packageJson.version}`]
}

/** The anchor that GitHub gives a heading of these words: in lower case, without punctuation, with hyphens for spaces. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-')
}
