import { request, type Agent, type IncomingHttpHeaders, type RequestOptions } from 'node:http'
import { request as requestTls } from 'node:https'
import { connect } from 'node:net'
import { authorization } from './wire.js'

/** What a client has of an exchange, be it whole or not. */
export interface Outcome {
  /** Undefined if no head came. */
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  /** As much of it as came. */
  readonly body: string
  /** Node's code for what went wrong; undefined for a whole answer. */
  readonly failure: string | undefined
}

/** What is sent. */
export interface Sent {
  readonly path?: string
  /** Sent as JSON, by POST; default a GET. */
  readonly body?: object
  readonly agent?: Agent
  /** What a TLS client trusts, in PEM. */
  readonly ca?: string
}

/** Sends a request as `ada`, over a connection of its own unless an agent is given; it never rejects. */
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

/** The bytes that came over a connection, as text, and how it ended: `FIN`, or Node's code. */
export interface RawOutcome {
  readonly text: string
  readonly end: string
}

/** Says this over a connection of its own, and hears until it ends. */
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
