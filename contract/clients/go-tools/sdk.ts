import type { Refusal } from '../../refusals.js'
import type { ExpectedError } from '../client.js'

/** An answer of the workspace that was no success, as the Go SDK has logged it. */
interface LoggedRefusal {
  readonly status: number
  readonly code?: string
}

/** A call of the API and its answer, as `logger/httplog` of the Go SDK writes it: `> ` before a body sent, `< ` before an answer. */
const EXCHANGE = /(?:GET|POST) (\/api\/\S*)[^\n]*\n(?:> [^\n]*\n)*< HTTP\/\S+ (\d+)[^\n]*(?:\n< [^\n]*)*/g

/** Only at the first level of the JSON, which is indented by two blanks; text inside a string has no line breaks. */
const CODE = /^< {3}"error_code": ("(?:[^"\\]|\\.)*"|[\d.]+),?$/m

/** The last call of the API in a debug log; undefined where there was none. */
export function lastExchange(log: string): LoggedRefusal | undefined {
  const last = [...log.matchAll(EXCHANGE)].at(-1)
  if (last === undefined) return undefined
  const code = CODE.exec(last[0])?.[1]
  return {
    status: Number(last[2]),
    ...(code === undefined ? {} : { code: String(JSON.parse(code)) }),
  }
}

/** It follows the redirect, and does not find JSON (`WithResponseUnmarshal` in httpclient/response.go), if it looks for any. */
export const GO_SDK_LOGIN_PAGE: ExpectedError = {
  status: 200,
  text: 'received HTML response instead of JSON',
}

/**
 * Whether the SDK tries again (`IsRetriable` in apierr/errors.go, `Unwrap` in apierr/unwrap.go): the error_code decides, and
 * the status where it says nothing. It waits a second before its first retry: a `Retry-After` is read for tokens only.
 */
export function goSdkRetries({ status, code }: Refusal): boolean {
  return (
    status === 503 || status === 429 || code === 'RESOURCE_EXHAUSTED' || code === 'REQUEST_LIMIT_EXCEEDED'
  )
}
