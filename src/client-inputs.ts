import { getInput } from '@actions/core'

import type { TrafficOptions } from './databricks/traffic.js'

/** What a number may be, and what it is where nothing is given. */
interface Bounds {
  readonly least: number
  readonly most: number
  readonly default: number
  /** True where 0.5 makes sense. */
  readonly fractions?: boolean
}

/** The inputs that hold the traffic with the workspace back; action.yml tells the same defaults. */
export const CLIENT_INPUTS = {
  concurrency: { least: 1, most: 64, default: 16 },
  'requests-per-second': { least: 0, most: 1_000, default: 20, fractions: true },
  'retry-timeout-seconds': { least: 0, most: 3_600, default: 300 },
} as const satisfies Record<string, Bounds>

/** Reads how the traffic with the workspace is held back, and for how long passing faults are retried. */
export function readClient(fault: (input: string, message: string) => void): TrafficOptions {
  const read = (input: keyof typeof CLIENT_INPUTS): number => {
    const { least, most, fractions = false, ...bounds }: Bounds = CLIENT_INPUTS[input]
    const text = getInput(input)
    // A variable of the repository that is not set makes an empty text.
    if (text === '') return bounds.default
    const number = (fractions ? /^\d+(\.\d+)?$/ : /^\d+$/).test(text) ? Number(text) : NaN
    if (number >= least && number <= most) return number
    const kind = fractions ? 'number' : 'whole number'
    fault(input, `must be a ${kind} from ${least} to ${most.toLocaleString('en-US')}, in digits`)
    return bounds.default
  }
  const requestsPerSecond = read('requests-per-second')
  return {
    concurrency: read('concurrency'),
    requestsPerSecond: requestsPerSecond === 0 ? Infinity : requestsPerSecond,
    retryTimeoutMs: read('retry-timeout-seconds') * 1_000,
  }
}
