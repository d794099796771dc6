import { request, type Agent, type IncomingHttpHeaders, type RequestOptions } from 'node:http'
import { request as requestTls } from 'node:https'
import { connect } from 'node:net'
import { authorization } from './wire.js'

/** What a client got of a response, complete or not. */
export interface Outcome {
  /** Undefined without a response head. */
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  /** The received part of the body. */
  readonly body: string
  /** Node's error code; undefined for a complete response. */
  readonly failure: string | undefined
}

/** The request. */
export interface Sent {
  readonly path?: string
  /** The body of a POST request, sent as JSON. Default: a GET request. */
  readonly body?: object
  readonly agent?: Agent
  /** The certificate to trust, in PEM. */
  readonly ca?: string
}

/** Sends a request as `ada`, on a new connection unless there is an agent. It never rejects. */
export async function outcomeOf(url: string, { path = '/', body, agent, ca }: Sent = {}): Promise<Outcome> {
  return await new Promise((resolve) => {
    let status: number | undefined
    let headers: IncomingHttpHeaders = {}
    let text = ''
    const end = (error?: NodeJS.ErrnoException): void => {
      resolve({ status, headers, body: text, failure: error === undefined ? undefined : (error.code ?? '?') })
    }
    const options: RequestOptions & { ca?: string } = {
      method: body === undefined ? 'GET' : 'POST',
      headers: authorization('ada'),
      agent: agent ?? false,
      ...(ca === undefined ? {} : { ca }),
    }
    const outgoing = (url.startsWith('https:') ? requestTls : request)(url + path, options)
    outgoing.on('error', end)
    outgoing.on('response', (response) => {
      status = response.statusCode
      headers = response.headers
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('error', end)
      response.on('end', () => {
        end()
      })
    })
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** The received bytes of a connection as text, and how it ended: `FIN`, or Node's error code. */
export interface RawOutcome {
  readonly text: string
  readonly end: string
}

/** Sends this on a new connection, and reads until its end. */
export async function rawOutcomeOf(url: string, said: string): Promise<RawOutcome> {
  const { hostname, port } = new URL(url)
  return await new Promise((resolve) => {
    let text = ''
    const socket = connect({ host: hostname, port: Number(port) })
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => (text += String(chunk)))
    socket.on('end', () => {
      resolve({ text, end: 'FIN' })
    })
    socket.on('error', ({ code = '?' }: NodeJS.ErrnoException) => {
      resolve({ text, end: code })
    })
    if (said !== '') socket.write(said)
  })
}
