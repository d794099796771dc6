/** The address of a workspace. */
export interface WorkspaceHost {
  /** Scheme, host and port, without a trailing slash. */
  readonly origin: string
  /** The workspace id from the query (`?o=`, `?w=` or `?workspace_id=`), for hosts that serve several workspaces. */
  readonly workspaceId?: string
}

/** The text is not a workspace address. The message says what to change, and does not quote the text. */
export class HostError extends Error {
  override readonly name = 'HostError'
}

/**
 * Parses a workspace address in any form that a user may copy from a browser: with or without `https://`, path and query.
 *
 * @throws {HostError} if it is not an address, contains user info, is the account console (which has no Secrets API), or does
 * not use https. Loopback may use http: 127.0.0.0/8, `[::1]` and exactly `localhost`.
 */
export function parseHost(pasted: string): WorkspaceHost {
  const text = pasted.trim()
  // A colon followed by a digit precedes a port.
  const url = parseUrl(/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text) ? text : `https://${text}`)
  if (url.username !== '' || url.password !== '') {
    throw new HostError('contains a user name or password. Remove everything before the at sign')
  }
  if (!url.hostname.includes('.') && !isLoopback(url.hostname)) throw new HostError(NOT_AN_ADDRESS)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new HostError('does not start with https://, so the token would be sent unencrypted. Use https://')
  }
  if (/^accounts(?:-dod)?\./.test(url.hostname)) {
    throw new HostError(
      'is the address of the account console, which has no secrets. Open the workspace from there and use its address',
    )
  }
  const ids = ['o', 'w', 'workspace_id'].map((name) => url.searchParams.get(name) ?? '')
  // Databricks writes a number after `?o=`. With any other value, the parameter belongs to something else.
  const workspaceId = ids.find((id, index) => isWorkspaceId(id) && (index > 0 || /^\d+$/.test(id)))
  return { origin: url.origin, ...(workspaceId !== undefined && { workspaceId }) }
}

/** Whether a text may be a workspace id. Usually it is a number. Since June 2026 the header also accepts a connection id. */
export function isWorkspaceId(text: string): boolean {
  return /^[\w.-]{1,128}$/.test(text)
}

const NOT_AN_ADDRESS =
  'not a workspace address. Copy the address from the browser, such as https://dbc-a1b2c3d4-e5f6.cloud.databricks.com'

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // `URL` accepts quotes and similar characters in a host name. A label has at most 63 characters; an OAuth token has more.
  if (
    url === undefined ||
    !/^(?:[\w.-]*[a-z\d][\w.-]*|\[[\d.:a-f]+\])$/.test(url.hostname) ||
    /[^.]{64}/.test(url.hostname)
  ) {
    throw new HostError(NOT_AN_ADDRESS)
  }
  return url
}

/**
 * Whether a host name is this machine. Pass the host name of a `URL`, which has normalized every form of an IPv4 address
 * to the dotted one.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
