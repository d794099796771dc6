import { WorkspaceError, type WorkspaceErrorDetails } from './workspace-error.js'

/** An answer as it came: nothing in it is trusted yet. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** The JSON object that every call of the REST API answers with. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Takes the JSON object out of an answer.
 *
 * @throws {WorkspaceError} for every other answer: `redirected`, `refused` with what the workspace says, or `foreign`
 * for what no workspace says. The shapes of errors are those that the Go SDK's parser takes, too: JSON, the old
 * `ERROR_CODE: message`, a gateway's HTML with the message in `<pre>`, and plain text.
 */
export function readAnswer({ status, headers, body }: RawAnswer): JsonObject {
  const requestId = first(headers['x-request-id'])
  const details: WorkspaceErrorDetails = { status, ...(requestId !== undefined && { requestId }) }
  if (status >= 300 && status < 400) {
    throw new WorkspaceError('redirected', { ...details, said: first(headers['location']) ?? '' })
  }
  const json = parseObject(body)
  const errorCode = json === undefined ? undefined : codeOf(json)
  if (json !== undefined && errorCode !== undefined) {
    throw new WorkspaceError('refused', { ...details, errorCode, said: messageOf(json) })
  }
  if (status >= 200 && status < 300) {
    if (json !== undefined) return json
    throw new WorkspaceError('foreign', { ...details, said: body })
  }
  const [, oldCode, oldMessage] = /^([A-Z][A-Z0-9_]+): (.*)$/s.exec(body) ?? []
  if (oldCode !== undefined && oldMessage !== undefined) {
    throw new WorkspaceError('refused', { ...details, errorCode: oldCode, said: oldMessage })
  }
  throw new WorkspaceError('refused', { ...details, said: /<pre>(.*?)<\/pre>/s.exec(body)?.[1] ?? body })
}

function parseObject(body: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as JsonObject)
      : undefined
  } catch {
    return undefined // The parser's message quotes the body, so it goes no further.
  }
}

/** The code is a string or a number; what looks like neither is not shown and counts as none. */
function codeOf({ error_code: code }: JsonObject): string | undefined {
  const text = typeof code === 'number' ? String(code) : code
  return typeof text === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(text) ? text : undefined
}

function messageOf({ message }: JsonObject): string {
  return typeof message === 'string' ? message : ''
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
