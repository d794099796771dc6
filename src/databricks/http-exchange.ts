import { HttpClient, type HttpClientResponse } from '@actions/http-client'

import packageJson from '../../package.json' with { type: 'json' }

import type { RawAnswer } from './answer.js'
import { WorkspaceError, type Failure } from './workspace-error.js'

/** How long a request may take, from the first try to connect to the last byte of the answer, in ms. */
const REQUEST_TIMEOUT_MS = 60_000

/**
 * The longest answer that is read, in bytes. A list of 1,000 scopes that key vaults back, the longest answer that a
 * workspace has, is a tenth of it.
 */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/** A request, to whom ever. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Null for none. */
  readonly body: string | null
}

/** Sends a request, and gives back the answer, whatever it is. */
export type SendRequest = (request: HttpRequest) => Promise<RawAnswer>

/** The HTTP of this run, to the workspace and to those who sign us in: over kept connections where no proxy is set. */
export class HttpExchange {
  // A redirect that was followed would carry the body, which is the secret, to wherever it points.
  readonly #http = new HttpClient(`databricks-secrets-sync/${packageJson.version}`, [bareHost], {
    allowRedirects: false,
    allowRetries: false,
    keepAlive: true,
    socketTimeout: REQUEST_TIMEOUT_MS,
  })

  /** @throws {WorkspaceError} when no whole answer comes; it says from whom. */
  readonly send: SendRequest = async ({ method, url, headers, body }) => {
    try {
      // The client's `readBody` never settles when a connection is cut in the middle of a body: we read it.
      return await withinTime(async () =>
        readRaw(await this.#http.request(method, url, body, { ...headers })),
      )
    } catch (error) {
      const { failure, details } =
        error instanceof WorkspaceError ? error : new WorkspaceError(failureOf(error))
      throw new WorkspaceError(failure, { ...details, origin: new URL(url).origin })
    }
  }

  /** Closes all connections, those of unanswered requests included; they would keep the process alive. */
  close(): void {
    this.#http.dispose()
  }
}

/** The client hands `[::1]` to Node as the name of a host, which only resolves without the brackets. */
const bareHost = {
  prepareRequest(options: { host?: string | null }): void {
    if (options.host?.startsWith('[') === true) options.host = options.host.slice(1, -1)
  },
  canHandleAuthentication: () => false,
  handleAuthentication: () => Promise.reject(new Error('no authentication handler')),
}

/**
 * Gives an exchange its time. At the end of it the exchange fails as `silent`, even where the connection never says
 * another word: a promise that does not settle would end the process with exit code 0.
 */
async function withinTime<Answer>(exchange: () => Promise<Answer>): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new WorkspaceError('silent'))
    }, REQUEST_TIMEOUT_MS)
    exchange()
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer)
      })
  })
}

async function readRaw({ message }: HttpClientResponse): Promise<RawAnswer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length
    // Leaving the loop destroys the connection, so no more of it is taken in.
    if (length > MAX_ANSWER_BYTES) throw new WorkspaceError('foreign', { status: message.statusCode ?? 0 })
    chunks.push(chunk)
  }
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

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

function failureOf(error: unknown): Failure {
  const { code = '', syscall, message } = error as NodeJS.ErrnoException
  // By the words of the package `tunnel`, which gives all its errors the code of a connection that was reset.
  if (message.startsWith('tunneling socket could not be established')) return 'proxy'
  // A connection that was up can end with ETIMEDOUT too, and then what was sent may have arrived.
  if (UNREACHABLE.has(code) && syscall !== 'read' && syscall !== 'write') return 'unreachable'
  return UNTRUSTED.test(code) ? 'untrusted' : 'cut'
}
