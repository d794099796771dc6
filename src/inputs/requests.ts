import type { SchedulerOptions } from '../databricks/http/request-scheduler.js'
import type { InputErrors } from './input-errors.js'
import { readNumber } from './scalars.js'

/** Reads `concurrency`, `requests-per-second` and `retry-timeout-seconds`. */
export function readRequestInputs(errors: InputErrors): SchedulerOptions {
  const requestsPerSecond = readNumber('requests-per-second', errors)
  return {
    concurrency: readNumber('concurrency', errors),
    requestsPerSecond: requestsPerSecond === 0 ? Infinity : requestsPerSecond,
    retryTimeoutMs: readNumber('retry-timeout-seconds', errors) * 1_000,
  }
}
