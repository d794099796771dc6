/** A workspace, as requests are addressed to it. */
export interface WorkspaceHost {
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string
  /** The id that the pasted address carried (`?o=`, `?w=` or `?workspace_id=`), for hosts that serve several workspaces. */
  readonly workspaceId?: string
}

/** The address cannot be the one of a workspace. The message says what to change and does not quote the address. */
export class HostError extends Error {
  override readonly name = 'HostError'
}

/**
 * Cuts an address, in any form that a person pastes from a browser, back to the workspace.
 *
 * @throws {HostError} for what is no address, holds user info, is not https (loopback aside: an IP of 127.0.0.0/8,
 * `[::1]`, or exactly `localhost`), or is the account console, which has no Secrets API.
 */
export function parseHost(pasted: string): WorkspaceHost {
  const text = pasted.trim()
  // A colon before a digit is that of a port.
  const url = parseUrl(/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text) ? text : `https://${text}`)
  if (url.username !== '' || url.password !== '') {
    throw new HostError('holds a user name or a password. Take out what stands before the at sign')
  }
  if (!url.hostname.includes('.') && !isLoopback(url.hostname)) throw new HostError(NO_ADDRESS)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new HostError(
      'does not start with https://, so the token would travel in the clear. Write https://',
    )
  }
  if (/^accounts(?:-dod)?\./.test(url.hostname)) {
    throw new HostError(
      'this is the account console, which has no secrets. Open the workspace from it and paste the address of the workspace',
    )
  }
  const ids = ['o', 'w', 'workspace_id'].map((name) => url.searchParams.get(name) ?? '')
  // The browser writes numbers behind `?o=`, and other things too where it is the `o` of somebody else.
  const workspaceId = ids.find((id, index) => isWorkspaceId(id) && (index > 0 || /^\d+$/.test(id)))
  return { origin: url.origin, ...(workspaceId !== undefined && { workspaceId }) }
}

/** Usually a number; since June 2026 the header that carries it takes the id of a connection, too, which is none. */
export function isWorkspaceId(text: string): boolean {
  return /^[\w.-]{1,128}$/.test(text)
}

const NO_ADDRESS =
  'not the address of a workspace, which looks like https://dbc-a1b2c3d4-e5f6.cloud.databricks.com'

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // `URL` lets quotes and the like pass in a name. None has more than 63 characters between its dots; a token of OAuth has.
  if (
    url === undefined ||
    !/^(?:[\w.-]*[a-z\d][\w.-]*|\[[\d.:a-f]+\])$/.test(url.hostname) ||
    /[^.]{64}/.test(url.hostname)
  ) {
    throw new HostError(NO_ADDRESS)
  }
  return url
}

/**
 * Whether a host name is this machine. Of the forms that an address of 127.0.0.0/8 can be written in, `URL` has left the
 * dotted one.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
