import { WorkspaceError } from '../workspace-error.js'

/** Codes of Node for a connection that was never made: nothing has been sent. */
const UNREACHABLE = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
])

/** Codes of Node and of OpenSSL, by way of Node, for a certificate or a handshake that fails. */
const UNTRUSTED = /^(EPROTO|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/

/** What Node's parser says where the connection was lost, and not where something else than HTTP came. */
const ENDED_EARLY = new Set(['HPE_INVALID_EOF_STATE', 'HPE_CLOSED_CONNECTION'])

/**
 * Says what an error of Node's HTTP client means for a request.
 *
 * @param isConnected Whether the connection stood, TLS included, so that the request may have arrived.
 */
export function connectionError(error: unknown, isConnected: boolean): WorkspaceError {
  const { code = '', syscall, message } = error as NodeJS.ErrnoException
  // By the words of the package `tunnel`, which gives all its errors the code of a connection that was reset.
  const [tunnel, status] =
    /^tunneling socket could not be established(?:, statusCode=(\d+))?/.exec(message) ?? []
  if (tunnel !== undefined) {
    // A proxy that says no, or asks who we are, goes on doing so.
    const lasting = status !== undefined && Number(status) < 500 && status !== '429'
    return new WorkspaceError('proxy', lasting ? { permanent: lasting } : {})
  }
  if (UNTRUSTED.test(code)) return new WorkspaceError('tls')
  // Headers over 16 KB, or another protocol: the next try would get the same.
  if (code.startsWith('HPE_') && !ENDED_EARLY.has(code)) return new WorkspaceError('unexpected-response')
  // A connection that was up can end with ETIMEDOUT too, and then what was sent may have arrived.
  const wasUp = isConnected || syscall === 'write'
  if (!wasUp || (UNREACHABLE.has(code) && syscall !== 'read' && syscall !== 'write')) {
    // Nearly always a name that is wrong, and only now and then a name server that is out of step.
    return new WorkspaceError('unreachable', code === 'ENOTFOUND' ? { likelyMistake: true } : {})
  }
  return new WorkspaceError('connection-lost')
}
