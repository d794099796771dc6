import type { SchedulerOptions } from '../databricks/http/request-scheduler.js'
import { readNumber, type NumberBounds, type AddInputError } from './scalars.js'

/** The inputs that hold the traffic with the workspace back; action.yml tells the same defaults. */
export const REQUEST_INPUTS = {
  concurrency: { least: 1, most: 64, default: 16 },
  // A lower one would wait for hours between two requests, and at last overflow a timer.
  'requests-per-second': { zero: true, least: 0.1, most: 1_000, default: 10, fractions: true },
  'retry-timeout-seconds': { least: 0, most: 3_600, default: 300 },
} as const satisfies Record<string, NumberBounds<number>>

/** Reads how the traffic with the workspace is held back, and for how long passing faults are retried. */
export function readRequestInputs(addError: AddInputError): SchedulerOptions {
  const read = (input: keyof typeof REQUEST_INPUTS): number =>
    readNumber<number>(input, REQUEST_INPUTS[input], addError)
  const requestsPerSecond = read('requests-per-second')
  return {
    concurrency: read('concurrency'),
    requestsPerSecond: requestsPerSecond === 0 ? Infinity : requestsPerSecond,
    retryTimeoutMs: read('retry-timeout-seconds') * 1_000,
  }
}
