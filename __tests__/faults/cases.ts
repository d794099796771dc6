import type { CallName } from '../../emulator/secrets-api.js'
import type { Interceptor } from '../../emulator/loopback-server.js'
import { seen, type Seen } from './evidence.js'
import { FAULT_KINDS, WRITES, type FaultKind } from './fault-kinds.js'
import { play, scripted, type Disturbance, type Verdict } from './play.js'
import { RUNS, type Run } from './runs.js'

/**
 * How often a fault comes. `once`: retries are on. `no retries`: once, and `retry-timeout-seconds` is 0. `for ever`: from
 * there on, to each request of that call. `to one key`: from there on, to each request for the same key.
 */
export type Duration = 'once' | 'no retries' | 'for ever' | 'to one key'

/** A fault that is tried at one place of a run. */
export interface Case {
  readonly name: string
  /** The row of the table that it belongs to. */
  readonly row: string
  /** Where in which run, and how often. */
  readonly place: string
  /** Whether the run has to be green. */
  readonly mustSurvive: boolean
  /** Whether it must not be; default false. */
  readonly mustFail?: boolean
  /** Whether it takes too long for the normal test command; default false. */
  readonly long?: boolean
  play(): Promise<Verdict>
}

const RETRY_SECONDS: Record<Duration, string> = {
  // More than the slowest fault takes.
  once: '300',
  'no retries': '0',
  'for ever': '1',
  'to one key': '1',
}

function caseOf(run: Run, call: string, at: number, kind: FaultKind, duration: Duration): Case {
  const when = kind.effect === 'before' ? 'before it takes effect' : 'after it took effect'
  return {
    name: `${run.name}: ${call} ${at}, ${kind.name}, ${when}, ${duration}`,
    row: rowOf(kind),
    place: `${run.name}: ${call}, ${duration}`,
    mustSurvive: kind.passes && duration === 'once',
    async play() {
      const disturbance: Disturbance = {
        script: (befalls) => {
          const fault = befalls(kind.fault)
          if (duration === 'to one key') return toOneKey(call, at, fault)
          const times = duration === 'for ever' ? Infinity : 1
          return scripted([{ call: call as CallName, at, times, fault }])
        },
        inputs: { 'retry-timeout-seconds': RETRY_SECONDS[duration] },
        hurried: kind.slow,
      }
      return await play(await run.start(), disturbance)
    },
  }
}

/** What the table calls a kind. */
export function rowOf({ name, effect }: Pick<FaultKind, 'name' | 'effect'>): string {
  return effect === 'before' ? `${name}, before` : `${name}, after`
}

/** Befalls the request at this position of a call, and from there on each one for the same key, principal or list. */
export function toOneKey(call: string, at: number, fault: Interceptor): Interceptor {
  let count = 0
  let chosen: Pick<Seen, 'about'> | undefined
  return (request, perform) => {
    if (request.path !== pathOf(call)) return undefined
    const { about } = seen(request, true)
    if (++count === at) chosen = { about }
    return chosen?.about === about && chosen !== undefined ? fault(request, perform) : undefined
  }
}

/** The path of a call, which may be one already. */
export function pathOf(call: string): string {
  return call.startsWith('/') ? call : `/api/2.0/${call}`
}

/** The first, the middle and the last of so many. */
function some(count: number): number[] {
  return [...new Set([1, Math.ceil(count / 2), count])]
}

function all(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

/** A call, the positions at which a kind of fault is tried, and how often it comes. */
function casesOf(
  run: Run,
  kind: FaultKind,
  call: string,
  positions: readonly number[],
  duration: Duration,
): Case[] {
  if (kind.notFor.test(call)) return []
  return positions.map((at) => caseOf(run, call, at, kind, duration))
}

/** The whole matrix of single faults, kind by kind. */
export function singleFaultCases(): Case[] {
  return FAULT_KINDS.flatMap((kind) => [...updateCases(kind), ...createCases(kind), ...everythingCases(kind)])
}

/** Each position of the plain run, when a fault comes once and when it stays. */
function updateCases(kind: FaultKind): Case[] {
  const run = RUNS.update
  return Object.entries(run.calls).flatMap(([call, count]) => {
    const positions = kind.everywhere ? all(count) : some(count)
    return [
      ...casesOf(run, kind, call, positions, 'once'),
      ...casesOf(run, kind, call, kind.everywhere ? positions : [1], 'for ever'),
      ...casesOf(run, kind, call, kind.passes ? some(count) : [], 'no retries'),
      ...casesOf(run, kind, call, call === 'secrets/put' ? [10] : [], 'to one key'),
    ]
  })
}

/** The calls that a plain run does not make: those of a new scope. */
function createCases(kind: FaultKind): Case[] {
  return [RUNS.createOnPremium, RUNS.createOnStandard].flatMap((run) => {
    const positions = all(run.calls['secrets/scopes/create'] ?? 0)
    const durations: readonly Duration[] = kind.passes ? ['once', 'for ever', 'no retries'] : ['once']
    return [
      ...durations.flatMap((duration) => casesOf(run, kind, 'secrets/scopes/create', positions, duration)),
      ...casesOf(run, kind, 'secrets/list', [1], 'once'),
    ]
  })
}

/** The calls that only a run makes that does everything, each of them also when a fault stays. */
function everythingCases(kind: FaultKind): Case[] {
  const run = RUNS.everything
  return Object.entries(run.calls).flatMap(([call, count]) => {
    // The last that compares, and the first that verifies.
    const positions = call === 'secrets/get' ? [1, 8, 15, 16, 20, 25] : some(count)
    const isWrite = WRITES.test(call)
    return [
      ...casesOf(run, kind, call, kind.everywhere ? positions : [count], 'once'),
      ...casesOf(run, kind, call, kind.everywhere ? [1] : [], 'for ever'),
      ...casesOf(run, kind, call, kind.passes && isWrite ? [count] : [], 'no retries'),
    ]
  })
}
