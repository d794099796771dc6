import type { WorkspaceHost } from '../host.js'
import { isLoopback } from '../host.js'
import type { HttpRequest } from '../http/http-transport.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { WorkspaceError } from '../workspace-error.js'
import type { AuthType } from './token-source.js'
import { withAuthStep, AuthError } from './auth-error.js'
import { requestJson } from './token-request.js'

/** Where Databricks' account console is, by cloud: the only hosts besides the workspace that its tokens may come from. */
const ACCOUNT_HOSTS = new Set([
  'accounts.cloud.databricks.com',
  'accounts.cloud.databricks.us',
  'accounts-dod.cloud.databricks.us',
  'accounts.azuredatabricks.net',
  'accounts.databricks.azure.us',
  'accounts.databricks.azure.cn',
  'accounts.gcp.databricks.com',
])

/** Where a workspace hands out its tokens. */
export interface DiscoveredEndpoint {
  readonly tokenEndpoint: URL
  /** The audience that a federation policy without one of its own expects, where the host tells it. */
  readonly audience?: string
}

/**
 * Asks the workspace where its tokens come from (RFC 8414). A host of several workspaces says in its metadata where that
 * question goes; of others, only the audience in it is of use, and both are asked at once.
 *
 * @throws {AuthError} when it does not say, or names a host that has no business with the credentials
 */
export async function discoverTokenEndpoint(
  authType: AuthType,
  host: WorkspaceHost,
  send: SendRequest,
  wantsAudience = false,
): Promise<DiscoveredEndpoint> {
  if (host.workspaceId !== undefined) {
    const { oidcEndpoint, ...rest } = await findMetadata(host, send)
    return { tokenEndpoint: await findTokenEndpoint(authType, host, send, oidcEndpoint), ...rest }
  }
  const [tokenEndpoint, { audience }] = await Promise.all([
    findTokenEndpoint(authType, host, send),
    wantsAudience ? findMetadata(host, send) : NO_METADATA,
  ])
  return { tokenEndpoint, ...(audience !== undefined && { audience }) }
}

interface Metadata {
  readonly oidcEndpoint?: string
  readonly audience?: string
}

const NO_METADATA: Metadata = {}

/** How long the metadata is waited for in all, in ms: the run can do without it. */
const METADATA_TIMEOUT_MS = 10_000

/** What a newer host says of itself; an older one says nothing, and can be done without. */
async function findMetadata(host: WorkspaceHost, send: SendRequest): Promise<Metadata> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<Metadata>((resolve) => {
    timer = setTimeout(() => {
      resolve(NO_METADATA)
    }, METADATA_TIMEOUT_MS)
  })
  try {
    return await Promise.race([askForMetadata(host, send), timeout])
  } finally {
    clearTimeout(timer)
  }
}

async function askForMetadata(host: WorkspaceHost, send: SendRequest): Promise<Metadata> {
  try {
    const {
      oidc_endpoint: endpoint,
      account_id: account = '',
      token_federation_default_oidc_audiences: audiences,
    } = await requestJson(send, getJson(host, `${host.origin}/.well-known/databricks-config`), {
      optional: true,
    })
    const audience: unknown = Array.isArray(audiences) ? audiences[0] : undefined
    return {
      ...(typeof endpoint === 'string' && {
        oidcEndpoint: endpoint.replace('{account_id}', () => String(account)).replace(/\/$/, ''),
      }),
      ...(typeof audience === 'string' && audience !== '' && { audience }),
    }
  } catch (error) {
    if (error instanceof WorkspaceError) return NO_METADATA
    throw error
  }
}

async function findTokenEndpoint(
  authType: AuthType,
  host: WorkspaceHost,
  send: SendRequest,
  issuer = `${host.origin}/oidc`,
): Promise<URL> {
  checkHost(authType, host, issuer)
  const request = getJson(host, `${issuer}/.well-known/oauth-authorization-server`)
  const answer = await withAuthStep(authType, 'discovery', () => requestJson(send, request))
  return checkHost(authType, host, answer['token_endpoint'])
}

function getJson({ workspaceId }: WorkspaceHost, url: string): HttpRequest {
  return {
    method: 'GET',
    url,
    headers: {
      accept: 'application/json',
      ...(workspaceId !== undefined && { 'x-databricks-workspace-id': workspaceId }),
    },
    body: null,
  }
}

/** Who could make the workspace name another host would get the client's secret: only its own, or the account's. */
function checkHost(authType: AuthType, { origin }: WorkspaceHost, address: unknown): URL {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined) throw new AuthError(authType, 'discovery', { problem: NO_ENDPOINT })
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  const isKnown = url.origin === origin || (url.port === '' && ACCOUNT_HOSTS.has(url.hostname))
  const hasUser = url.username !== '' || url.password !== ''
  if (isSecure && isKnown && !hasUser) return url
  const isSameHost = url.hostname === new URL(origin).hostname
  const problem = isSameHost ? OTHER_PORT_OR_SCHEME : STRANGE_ENDPOINT
  throw new AuthError(authType, 'discovery', { problem })
}

const NO_ENDPOINT = 'The workspace does not say where its tokens come from. Check the input host.'

const OTHER_PORT_OR_SCHEME =
  'The workspace names a token endpoint on another port, or not over https, to which no credentials are sent. Check the ' +
  'input host.'

const STRANGE_ENDPOINT =
  'The workspace names a token endpoint on another host, to which no credentials are sent. Check the input host.'
