import { fchmodSync, openSync, writeSync } from 'node:fs'
import { CONSUMERS_PATHS } from './consumers/consumers-api.js'
import { formOf } from './form.js'
import { parseJson } from './parse-json.js'
import type { RequestRecord } from './request-log.js'
import { SCIM_API } from './scim-api.js'
import { SECRETS_API } from './secrets-api.js'
import { plainName, shapeOf, type Shape } from './shape.js'

/** A request and what became of it: of the emulator's log, or of a real workspace. */
export interface Exchange extends Pick<
  RequestRecord,
  'method' | 'path' | 'query' | 'headers' | 'rawBody' | 'status' | 'errorCode' | 'reply'
> {
  /** The system's code for what cut it off, such as `ECONNRESET`. */
  readonly failure?: string
}

/**
 * One line of a transcript: how a workspace responds to a request, without the content of the workspace. It contains no
 * value, host, token, message or header content. The only names are those of scopes and keys in a query.
 */
interface TranscriptLine {
  /** Counted from 1. */
  readonly n: number
  /** The label that the recorder gives it. */
  readonly during?: string
  readonly method: string
  /** A known path unchanged; otherwise with `*` for each segment that is not a word of the API. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** The first product with a name that the client says it is. */
  readonly userAgent?: string
  /** The scheme alone. */
  readonly authorization?: string
  /** The media type alone. */
  readonly contentType?: string
  /** The names of request headers that not every client sends. */
  readonly headers?: readonly string[]
  /** The shape of the request's body; absent where there is none. */
  readonly body?: Shape
  /** Null where no answer came. */
  readonly status: number | null
  readonly errorCode?: string | number
  /** The media type alone. */
  readonly answerType?: string
  /** The shape of the answer's body; absent where there is none. */
  readonly answer?: Shape
  readonly failure?: string
}

const NOT_JSON = 'not JSON'

const KNOWN_PATHS = new Set([
  ...Object.keys({ ...SECRETS_API, ...SCIM_API }).map((call) => call.split(' ')[1]),
  ...CONSUMERS_PATHS.filter((path) => !path.includes('*')),
  '/',
  '/login.html',
  '/.well-known/databricks-config',
  '/oidc/.well-known/oauth-authorization-server',
  '/oidc/v1/token',
])
const KNOWN_WORDS = new RegExp(
  [
    '^(api|\\d\\.\\d|v\\d|preview|scim|secrets|scopes|acls|oidc|\\.well-known',
    '|unity-catalog|schemas|permissions|effective-permissions|catalog|schema|secret',
    '|pipelines|serving-endpoints)?$',
  ].join(''),
)
const MAX_SEGMENTS = 12

/** The fields of requests: of the Secrets API, of Unity Catalog, of the calls for consumers, then of OAuth's tokens (RFC 6749, 7521, 8693). */
const KNOWN_FIELDS = new Set(
  [
    'scope initial_manage_principal scope_backend_type backend_azure_keyvault resource_id dns_name',
    'key string_value bytes_value principal permission',
    'catalog_name schema_name name full_name value comment owner expire_time changes add remove',
    'include_value update_mask page_size page_token max_results',
    'filter_by.cluster_sources filter_by.cluster_states limit expand_tasks job_id',
    'grant_type client_id client_secret client_assertion client_assertion_type assertion',
    'subject_token subject_token_type resource audience requested_token_type authorization_details',
  ].flatMap((names) => names.split(' ')),
)

const USUAL_HEADERS = new Set(
  [
    'host connection proxy-connection keep-alive accept accept-encoding accept-language user-agent',
    'authorization content-type content-length transfer-encoding sec-fetch-mode',
  ].flatMap((names) => names.split(' ')),
)

/** The line of an exchange. It depends on nothing else. */
export function lineOf(exchange: Exchange, n: number, during?: string): TranscriptLine {
  const { method, path, query, headers, rawBody, status, errorCode, reply, failure } = exchange
  return withoutAbsent({
    n,
    during,
    method,
    path: plainPath(path),
    query: query.size === 0 ? undefined : Object.fromEntries([...query].map(plainParameter)),
    userAgent: productOf(headers['user-agent']),
    authorization: startOf(headers.authorization, /^(Bearer|Basic)(?= )/i)?.toLowerCase(),
    contentType: mediaType(headers['content-type']),
    headers: unusual(Object.keys(headers)),
    body: formShape(exchange) ?? bodyShape(rawBody, requestField),
    status: status ?? null,
    errorCode: typeof errorCode === 'string' ? startOf(errorCode, /^[A-Z][A-Z0-9_]{0,63}$/) : errorCode,
    answerType: mediaType(reply?.headers['content-type']),
    answer: reply === undefined ? undefined : bodyShape(Buffer.from(reply.body), plainName),
    failure: startOf(failure, /^[A-Z][A-Z0-9_]{0,39}$/),
  })
}

/** A transcript in a file: JSON lines, each written before `write` returns, so that a crash takes none along. */
export class Transcript {
  readonly #file: number
  #lines = 0

  /**
   * Creates the file again; only its owner may read it.
   *
   * @throws the error of the system if it cannot be written
   */
  constructor(file: string) {
    this.#file = openSync(file, 'w', 0o600)
    // One that was there has kept its mode.
    fchmodSync(this.#file, 0o600)
  }

  /** Adds a line. `during` says what the exchange was a part of; it is kept as it is, and must hold nothing secret. */
  write(exchange: Exchange, during?: string): void {
    this.#lines++
    writeSync(this.#file, `${JSON.stringify(lineOf(exchange, this.#lines, during))}\n`)
  }

  /** How many exchanges it holds. */
  get lines(): number {
    return this.#lines
  }
}

function plainPath(path: string): string {
  if (KNOWN_PATHS.has(path)) return path
  const segments = path.split('/').map((segment) => (KNOWN_WORDS.test(segment) ? segment : '*'))
  return segments.slice(0, MAX_SEGMENTS).join('/')
}

/** The principal of an ACL is personal data, except `users`. The content of an unknown parameter is unknown. */
function plainParameter([name, value]: [string, string]): [string, string] {
  if (name === 'scope' || name === 'key') {
    return [name, value.slice(0, 128).replace(/[^A-Za-z0-9_@./-]/g, '_')]
  }
  if (name === 'principal') return [name, value === 'users' ? value : kindOf(value)]
  return [requestField(name), 'string']
}

function kindOf(principal: string): string {
  if (principal.includes('@')) return 'an e-mail'
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(principal) ? 'a UUID' : 'a name'
}

/** The SDKs put the program that uses them first, which is `unknown/0.0.0` where it does not say. */
function productOf(userAgent: string | undefined): string | undefined {
  return startOf(userAgent?.replace(/^unknown\/\S* /, ''), /^[a-z][a-z_-]{0,29}(\/?v?\d[\w.+]{0,19})?/i)
}

function mediaType(contentType: string | undefined): string | undefined {
  return startOf(contentType, /^[a-z]{1,20}\/[a-z0-9.+-]{1,40}(?=[; ]|$)/i)?.toLowerCase()
}

/** A client may have put anything into a name, but what the workspace calls its fields is worth to be known. */
function requestField(name: string): string {
  return KNOWN_FIELDS.has(name) ? name : '*'
}

/** What of a text has the expected form; `other` where there is a text, but not of this form. */
function startOf(text: string | undefined, form: RegExp): string | undefined {
  return text === undefined ? undefined : (form.exec(text)?.[0] ?? 'other')
}

function unusual(headers: readonly string[]): string[] | undefined {
  const names = headers.filter((name) => !USUAL_HEADERS.has(name)).map(plainName)
  return names.length === 0 ? undefined : names.sort()
}

function formShape(exchange: Exchange): Shape | undefined {
  const form = formOf(exchange)
  if (form === undefined || form.size === 0) return undefined
  return Object.fromEntries([...form.keys()].map((name) => [requestField(name), 'string']))
}

function bodyShape(body: Uint8Array, nameOf: (name: string) => string): Shape | undefined {
  if (body.length === 0) return undefined
  const parsed = parseJson(body)
  return parsed === undefined ? NOT_JSON : shapeOf(parsed, nameOf)
}

type Loose = { [Name in keyof Required<TranscriptLine>]: TranscriptLine[Name] | undefined }

function withoutAbsent(line: Loose): TranscriptLine {
  return Object.fromEntries(
    Object.entries(line).filter(([, value]) => value !== undefined),
  ) as unknown as TranscriptLine
}
