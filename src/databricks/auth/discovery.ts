import { isLoopback, type WorkspaceHost } from '../host.js'
import type { HttpRequest } from '../http/http-transport.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { WorkspaceError } from '../workspace-error.js'
import { AuthError, withAuthStep } from './auth-error.js'
import type { AuthType } from './auth-methods.js'
import { requestJson } from './token-request.js'

/** The hosts of the account console in each cloud. Only they and the workspace may have its token endpoint. */
const ACCOUNT_HOSTS = new Set([
  'accounts.cloud.databricks.com',
  'accounts.cloud.databricks.us',
  'accounts-dod.cloud.databricks.us',
  'accounts.azuredatabricks.net',
  'accounts.databricks.azure.us',
  'accounts.databricks.azure.cn',
  'accounts.gcp.databricks.com',
])

/** The token endpoint of a workspace. */
export interface DiscoveredEndpoint {
  readonly tokenEndpoint: URL
  /** The default audience of federation policies, if the host reports it. */
  readonly audience?: string
}

/**
 * Finds the token endpoint of a workspace (RFC 8414). If a host serves several workspaces, its metadata contains the address
 * to ask. For other hosts only the audience in the metadata matters, so both requests are sent at the same time.
 *
 * @throws {AuthError} if there is no token endpoint, or if it is on a host that must not get the credentials.
 */
export async function discoverTokenEndpoint(
  authType: AuthType,
  host: WorkspaceHost,
  send: SendRequest,
  needsAudience = false,
): Promise<DiscoveredEndpoint> {
  if (host.workspaceId !== undefined) {
    const { oidcEndpoint, ...rest } = await findMetadata(host, send)
    return { tokenEndpoint: await findTokenEndpoint(authType, host, send, oidcEndpoint), ...rest }
  }
  const [tokenEndpoint, { audience }] = await Promise.all([
    findTokenEndpoint(authType, host, send),
    needsAudience ? findMetadata(host, send) : NO_METADATA,
  ])
  return { tokenEndpoint, ...(audience !== undefined && { audience }) }
}

interface Metadata {
  readonly oidcEndpoint?: string
  readonly audience?: string
}

const NO_METADATA: Metadata = {}

/** The timeout for the metadata, in ms, including retries. It is optional. */
const METADATA_TIMEOUT_MS = 10_000

/** Returns the host's metadata. Older hosts have none. */
async function findMetadata(host: WorkspaceHost, send: SendRequest): Promise<Metadata> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<Metadata>((resolve) => {
    timer = setTimeout(() => {
      resolve(NO_METADATA)
    }, METADATA_TIMEOUT_MS)
  })
  try {
    return await Promise.race([requestMetadata(host, send), timeout])
  } finally {
    clearTimeout(timer)
  }
}

async function requestMetadata(host: WorkspaceHost, send: SendRequest): Promise<Metadata> {
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
  checkEndpoint(authType, host, issuer)
  const request = getJson(host, `${issuer}/.well-known/oauth-authorization-server`)
  const metadata = await withAuthStep(authType, 'discovery', () => requestJson(send, request))
  return checkEndpoint(authType, host, metadata['token_endpoint'])
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

/** Allows only the workspace and the account console. Any other host would get the client secret. */
function checkEndpoint(authType: AuthType, { origin }: WorkspaceHost, address: unknown): URL {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined) throw new AuthError(authType, 'discovery', { problem: MISSING_ENDPOINT })
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  const isKnown = url.origin === origin || (url.port === '' && ACCOUNT_HOSTS.has(url.hostname))
  const hasUser = url.username !== '' || url.password !== ''
  if (isSecure && isKnown && !hasUser) return url
  const isSameHost = url.hostname === new URL(origin).hostname
  const problem = isSameHost ? OTHER_PORT_OR_SCHEME : OTHER_HOST
  throw new AuthError(authType, 'discovery', { problem })
}

const MISSING_ENDPOINT = 'The workspace returned no token endpoint. Check the input host.'

const OTHER_PORT_OR_SCHEME =
  'The workspace returned a token endpoint with another port or without https. No credentials are sent there. Check the ' +
  'input host.'

const OTHER_HOST =
  'The workspace returned a token endpoint on another host. No credentials are sent there. Check the input host.'
