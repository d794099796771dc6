import { isRequestTo, type CallName } from './call-names.js'
import type { Interceptor } from './loopback-server.js'
import type { RequestRecord } from './request-log.js'

/** A fault, and the requests that it affects. */
export interface ScriptedFault {
  /**
   * The requests that count: to a call (`secrets/put`, `PATCH unity-catalog/secrets/*`), to a path (`/oidc/v1/token`), or, by
   * default, all.
   */
  readonly call?: CallName | `/${string}`
  /** The first of these requests that is affected, counted from 1, in the order in which they are received. Default: 1. */
  readonly at?: number
  /** How many requests in a row are affected; `Infinity` for all later ones. Default: 1. */
  readonly times?: number
  /** The fault. If it returns no response, like `late`, the next faults of the script apply too. */
  readonly fault: Interceptor
}

/**
 * The faults of a run, and when they occur: for `intercept` of any server of the emulator.
 *
 *     const script = new FaultScript([
 *       { call: 'secrets/put', at: 3, times: 2, fault: before(refusal(503, { retryAfter: 1 })) },
 *       { call: 'secrets/put', at: 9, fault: after(reset) },
 *       { times: Infinity, fault: late({ ms: 20, jitterMs: 5 }) },
 *     ])
 *     workspace.intercept(script.play)
 */
export class FaultScript {
  readonly #lines: readonly Line[]

  /** @throws RangeError if `at` or `times` is not a whole number of 1 or more (or, for `times`, `Infinity`) */
  constructor(script: readonly ScriptedFault[]) {
    this.#lines = script.map((scripted) => new Line(scripted))
  }

  /** The interceptor. A script counts all requests that it gets, so use it for only one server. */
  readonly play: Interceptor = async (request, perform) => {
    // Every line counts the request first, also if an earlier line returns a response.
    const due = this.#lines.filter((line) => line.isDue(request))
    for (const line of due) {
      line.played++
      const answer = await line.scripted.fault(request, perform)
      if (answer !== undefined) return answer
    }
    return undefined
  }

  /**
   * The faults that affected fewer requests than `times`, or none if that is `Infinity`. If any are left at the end, the test
   * did not test what it describes.
   */
  get left(): ScriptedFault[] {
    return this.#lines.filter((line) => !line.isDone).map(({ scripted }) => scripted)
  }
}

/** A fault of a script, and its state. */
class Line {
  /** How many requests it affected. */
  played = 0
  readonly scripted: ScriptedFault
  readonly #first: number
  readonly #times: number
  #seen = 0

  constructor(scripted: ScriptedFault) {
    const { at = 1, times = 1 } = scripted
    if (!(Number.isInteger(at) && at >= 1)) throw new RangeError(`at is a whole number from 1 on, not ${at}`)
    if (!(times === Infinity || (Number.isInteger(times) && times >= 1))) {
      throw new RangeError(`times is a whole number from 1 on, or Infinity, not ${times}`)
    }
    this.scripted = scripted
    this.#first = at
    this.#times = times
  }

  /** Counts a request, and returns whether the fault affects it. */
  isDue(request: RequestRecord): boolean {
    const { call } = this.scripted
    if (call !== undefined && !isRequestTo(request, call)) return false
    const place = ++this.#seen - this.#first
    return place >= 0 && place < this.#times
  }

  get isDone(): boolean {
    return this.#times === Infinity ? this.played > 0 : this.played === this.#times
  }
}
