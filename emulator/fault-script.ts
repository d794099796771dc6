import { isRequestTo, type CallName } from './call-names.js'
import type { Interceptor } from './loopback-server.js'
import type { RequestRecord } from './request-log.js'

/** What befalls which requests. */
export interface ScriptedFault {
  /**
   * The requests that count: to a call (`secrets/put`, `PATCH unity-catalog/secrets/*`), to a path (`/oidc/v1/token`), or, by
   * default, all.
   */
  readonly call?: CallName | `/${string}`
  /** Which of them is the first to be befallen, counted from 1, in the order of their arrival; default 1. */
  readonly at?: number
  /** How many are, one after the other; default 1, and `Infinity` for all from there on. */
  readonly times?: number
  /** What befalls them; a fault that gives no answer, as `late`, leaves that to those below it in the script. */
  readonly fault: Interceptor
}

/**
 * What goes wrong in a run, and when: for `intercept` of any server of the emulator.
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

  /** @throws RangeError if `at` or `times` is no whole number from 1 on (or, for `times`, `Infinity`) */
  constructor(script: readonly ScriptedFault[]) {
    this.#lines = script.map((scripted) => new Line(scripted))
  }

  /** The interceptor. A script counts all that it sees, so it is for one server. */
  readonly play: Interceptor = async (request, perform) => {
    // Every line counts first: one that answers does not hide the request from those below it.
    const due = this.#lines.filter((line) => line.isDue(request))
    for (const line of due) {
      line.played++
      const answer = await line.scripted.fault(request, perform)
      if (answer !== undefined) return answer
    }
    return undefined
  }

  /**
   * The faults that have not befallen as many requests as they were to, and those without end that have befallen none. A
   * test that ends with any has not tried what it says.
   */
  get left(): ScriptedFault[] {
    return this.#lines.filter((line) => !line.isDone).map(({ scripted }) => scripted)
  }
}

/** A fault of a script, and how far it is. */
class Line {
  /** How many requests it has befallen. */
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

  /** Counts a request, and tells whether it is one to befall. */
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
