import type { Refusal, SignInRefusal } from '../../refusals.js'
import type { ExpectedError } from '../client.js'

/** An answer of the workspace that was no success, as the Go SDK has logged it. */
interface LoggedRefusal {
  readonly status: number
  readonly code?: string
}

/**
 * A call of the API, or for a token, and its answer, as `logger/httplog` of the Go SDK writes it: `> ` before a body sent,
 * `< ` before an answer.
 */
const EXCHANGE =
  /(?:GET|POST|PATCH|DELETE) (\/(?:api|oidc)\/\S*)[^\n]*\n(?:> [^\n]*\n)*< HTTP\/\S+ (\d+)[^\n]*(?:\n< [^\n]*)*/g

/**
 * What the API calls `error_code` and OAuth `error`. Only at the first level of the JSON, which is indented by two blanks;
 * text inside a string has no line breaks.
 */
const API_CODE = /^< {3}"error_code": ("(?:[^"\\]|\\.)*"|[\d.]+),?$/m
const OAUTH_CODE = /^< {3}"error": ("(?:[^"\\]|\\.)*"),?$/m

/** The last call of the API, or for a token, in a debug log; undefined where there was none. */
export function lastExchange(log: string): LoggedRefusal | undefined {
  const last = [...log.matchAll(EXCHANGE)].at(-1)
  if (last === undefined) return undefined
  const code = (last[1]?.startsWith('/oidc/') ? OAUTH_CODE : API_CODE).exec(last[0])?.[1]
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

/**
 * `RoundTrip` in httpclient/api_client.go makes an error of each refusal before golang.org/x/oauth2 can read it, so that it
 * is told as an error of the network: `Post "https://…/oidc/v1/token": `, and the whole body as it came.
 */
export const goSdkErrorForSignIn = ({ status, error, description }: SignInRefusal): ExpectedError => ({
  status,
  code: error,
  text: `/oidc/v1/token": ${JSON.stringify({ error, error_description: description })}`,
})
