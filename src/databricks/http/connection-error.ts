import { WorkspaceError } from '../workspace-error.js'

/** Node's error codes for a connection that could not be made. Nothing has been sent. */
const UNREACHABLE_CODES = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
])

/** Error codes of Node and OpenSSL for an untrusted certificate or a failed handshake. */
const TLS_ERROR = /^(EPROTO|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/

/** Error codes of Node's HTTP parser for a lost connection. Its other codes mean that the response is not HTTP. */
const CONNECTION_LOST_CODES = new Set(['HPE_INVALID_EOF_STATE', 'HPE_CLOSED_CONNECTION'])

/**
 * Converts an error of Node's HTTP client.
 *
 * @param isConnected Whether the connection was established, including TLS, so that the request may have been received.
 */
export function connectionError(error: unknown, isConnected: boolean): WorkspaceError {
  const { code = '', syscall, message } = error as NodeJS.ErrnoException
  // Only the message of the package `tunnel` helps: all of its errors have the code of a connection reset.
  const [tunnel, status] =
    /^tunneling socket could not be established(?:, statusCode=(\d+))?/.exec(message) ?? []
  if (tunnel !== undefined) {
    // If a proxy refuses the connection or asks for credentials, a retry does not help.
    const permanent = status !== undefined && Number(status) < 500 && status !== '429'
    return new WorkspaceError('proxy', permanent ? { permanent } : {})
  }
  if (TLS_ERROR.test(code)) return new WorkspaceError('tls')
  // Headers over 16 KB, or another protocol. A retry would get the same.
  if (code.startsWith('HPE_') && !CONNECTION_LOST_CODES.has(code))
    return new WorkspaceError('unexpected-response')
  // An established connection can also end with ETIMEDOUT. Then the request may have been received.
  const wasConnected = isConnected || syscall === 'write'
  if (!wasConnected || (UNREACHABLE_CODES.has(code) && syscall !== 'read' && syscall !== 'write')) {
    // Nearly always the host name is wrong. Sometimes a name server is out of date.
    return new WorkspaceError('unreachable', code === 'ENOTFOUND' ? { likelyMistake: true } : {})
  }
  return new WorkspaceError('connection-lost')
}
