import type { IncomingHttpHeaders } from 'node:http'
import { isRequestTo, type CallName } from './call-names.js'
import type { Reply } from './reply.js'

/** One request to a server of the emulator, from its head to the end of its answer. */
export interface RequestRecord {
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Which connection it came by, counted from 1. */
  readonly connection: number
  /** The body's bytes; empty until all of it has arrived. */
  rawBody: Buffer
  /** The body as JSON; undefined if it is none. */
  body: unknown
  /** The status answered; undefined while there is none, and for a connection that was cut before it. */
  status: number | undefined
  /** The error_code answered, if the answer was JSON and had one. */
  errorCode: string | number | undefined
  /** The whole answer; undefined while there is none, and where a fault took its place. */
  reply: Reply | undefined
  /** When the head arrived, counted in events of the log, not in time. */
  readonly startedAt: number
  /** When the answer was handed to the network, or the connection was lost, on the same count; undefined before. */
  endedAt: number | undefined
}

/** What is known of a request when its head has arrived. */
export type RequestHead = Pick<RequestRecord, 'method' | 'path' | 'query' | 'headers' | 'connection'>

/** All requests in the order of their arrival. */
export class RequestLog {
  #records: RequestRecord[] = []
  #events = 0

  /** Every request since the start or the last reset. */
  get all(): readonly RequestRecord[] {
    return this.#records
  }

  /** The requests to one call of the API. */
  to(call: CallName): RequestRecord[] {
    return this.#records.filter((record) => isRequestTo(record, call))
  }

  /** The requests to one path, such as `/oidc/v1/token`. */
  at(path: string): RequestRecord[] {
    return this.#records.filter((record) => record.path === path)
  }

  /** The most requests that were between head and answer at once: of all, or of those given. */
  maxInFlight(records: readonly RequestRecord[] = this.#records): number {
    const edges = records
      .flatMap(({ startedAt, endedAt = Infinity }) => [
        { at: startedAt, step: 1 },
        { at: endedAt, step: -1 },
      ])
      .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    let open = 0
    return edges.reduce((most, { step }) => Math.max(most, (open += step)), 0)
  }

  /** Forgets all requests; those still in flight are not entered again. */
  reset(): void {
    this.#records = []
  }

  /** Enters a request whose head has just arrived. */
  start(head: RequestHead): RequestRecord {
    const record: RequestRecord = {
      ...head,
      rawBody: Buffer.alloc(0),
      body: undefined,
      status: undefined,
      errorCode: undefined,
      reply: undefined,
      startedAt: ++this.#events,
      endedAt: undefined,
    }
    this.#records.push(record)
    return record
  }

  /** Marks a request as answered or lost; only the first time counts. */
  end(record: RequestRecord): void {
    record.endedAt ??= ++this.#events
  }
}
