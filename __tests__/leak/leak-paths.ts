import type { Reply } from '../../emulator/reply.js'
import { apiError, html, json, redirect, text } from '../../emulator/reply.js'
import type { RequestRecord } from '../../emulator/request-log.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { ahead, meanwhile } from '../e2e/sync-step.js'
import type { Step } from '../runner/step.js'

/** One case of a run, and the hostile server in it. */
export interface LeakPath {
  readonly name: string
  readonly exitCode: number | null
  /** Does to the workspace what makes the run go this way. */
  prepare?(workspace: EmulatedWorkspace, token: string): void
  readonly step?: Step
  readonly inputs?: Readonly<Record<string, string>>
  /** Writes every value to each of these scopes, as a config file says. Default: to the scope `storage`. */
  readonly scopes?: readonly string[]
  /** Cancels the step at its first put. */
  readonly cancelled?: boolean
}

/** Everything that a put has sent, in pieces that a server may send back. */
interface Sent {
  readonly scope: string
  readonly body: string
  readonly value: string
  readonly base64: string
  readonly headers: string
}

/** A way in which a server shows what it was sent. */
type Echo = readonly [name: string, answer: (sent: Sent) => Reply]

/** A path on which every put of every value is answered in each of these ways, each in a scope of its own. */
function echoing(echoes: readonly Echo[]): LeakPath {
  const answers = new Map(echoes.map(([how, answer]) => [how.replace(/\W+/g, '-'), answer]))
  return {
    name: 'a server that echoes what it was sent',
    exitCode: 1,
    scopes: [...answers.keys()],
    prepare(workspace) {
      workspace.intercept((request) => {
        if (!isPut(request)) return undefined
        const sent = sentBy(request)
        return answers.get(sent.scope)?.(sent)
      })
    },
  }
}

function isPut({ path }: RequestRecord): boolean {
  return path.endsWith('/secrets/put')
}

function sentBy({ rawBody, body, headers }: RequestRecord): Sent {
  const put = body as { scope: string; string_value?: string; bytes_value?: string }
  const { scope, string_value: text, bytes_value: bytes } = put
  const value = Buffer.from(text ?? bytes ?? '', text === undefined ? 'base64' : 'utf8')
  return {
    scope,
    body: rawBody.toString(),
    value: value.toString(),
    base64: value.toString('base64'),
    headers: JSON.stringify(headers),
  }
}

/** Code that has all values and the token at hand, and lets something go wrong with them. */
function withEverything(code: string): string {
  return `const fs = process.getBuiltinModule ? process.getBuiltinModule('fs') : require('fs')
    const files = fs.readdirSync('.').map((name) => fs.readFileSync(name, 'utf8'))
    const all = [...Object.values(process.env), ...files].join('\\n')
    ${code}`
}

const DETAILS = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'X', domain: 'd' }

/** How a server may show it. */
const ECHOES: readonly Echo[] = [
  ['the value in a message', ({ value }) => apiError(400, 'INVALID_PARAMETER_VALUE', `Bad value: ${value}`)],
  ['half of the value', ({ value }) => apiError(400, 'BAD_REQUEST', value.slice(0, value.length / 2 + 1))],
  ['the body in a message', ({ body }) => apiError(400, 'MALFORMED_REQUEST', `Cannot parse ${body}`)],
  ['the body itself', ({ body }) => text(400, body, { 'content-type': 'application/json' })],
  ['the body, cut', ({ body }) => text(400, body.slice(0, body.length / 2))],
  ['the value in base64', ({ base64 }) => apiError(400, 'BAD_REQUEST', `Got ${base64}`)],
  [
    'the value in hex',
    ({ base64 }) => apiError(400, 'BAD_REQUEST', Buffer.from(base64, 'base64').toString('hex')),
  ],
  ['the value in a URL', ({ value }) => apiError(400, 'BAD_REQUEST', `/x?y=${encodeURIComponent(value)}`)],
  ['the value in a page', ({ value }) => html(502, `<html><pre>Rejected: ${value}</pre></html>`)],
  ['the value as its error code', ({ value }) => apiError(400, value, 'No.')],
  ['the value as a command', ({ value }) => text(500, `\n::error::${value}\n##[error]${value}`)],
  [
    'the value in its details',
    ({ value }) =>
      json(400, {
        error_code: 'BAD_REQUEST',
        message: 'No.',
        details: [{ ...DETAILS, metadata: { value } }],
      }),
  ],
  ['the headers', ({ headers }) => apiError(401, 401, headers)],
  [
    'the base64 as the request id',
    ({ base64 }) => apiError(403, 'PERMISSION_DENIED', 'No.', { 'x-request-id': base64.slice(0, 60) }),
  ],
  ['the value in a redirect', ({ value }) => redirect(`https://evil.example/?${encodeURIComponent(value)}`)],
  ['the value under status 200', ({ value }) => text(200, value)],
]

/** Every path, each with its exit code. */
export const LEAK_PATHS: readonly LeakPath[] = [
  { name: 'success', exitCode: 0 },
  { name: 'success in debug mode', exitCode: 0, step: { debug: true } },
  {
    name: 'partial failure',
    exitCode: 1,
    prepare(workspace) {
      let puts = 0
      workspace.intercept((request) =>
        isPut(request) && ++puts % 2 === 0
          ? apiError(500, 'INTERNAL_ERROR', sentBy(request).value)
          : undefined,
      )
    },
  },
  echoing(ECHOES),
  {
    name: 'a scope that cannot be created, by a server that echoes the token',
    exitCode: 1,
    prepare(workspace, token) {
      workspace.intercept(({ path }) =>
        path.endsWith('/scopes/create') ? apiError(403, 'PERMISSION_DENIED', `Bearer ${token}`) : undefined,
      )
    },
  },
  {
    name: 'a scope of a key vault that is named like the token',
    exitCode: 1,
    prepare(workspace, token) {
      workspace.store.createScope('storage', {
        keyVault: { resource_id: token, dns_name: `https://${token}.vault.azure.net/` },
      })
    },
  },
  { name: 'a wrong token', exitCode: 1, inputs: { token: `fake-wrong-${Math.random().toString(36)}` } },
  { name: 'a crash', exitCode: 1, step: meanwhile(withEverything('throw new Error(all, { cause: all })')) },
  {
    name: 'a rejection that nobody handles',
    exitCode: 1,
    step: meanwhile(
      withEverything('Promise.reject(Object.assign(new Error(all), { stack: all, code: all }))'),
    ),
  },
  {
    name: 'a warning of Node, in debug mode',
    exitCode: 0,
    step: { ...meanwhile(withEverything('process.emitWarning(all, all.slice(0, 9))')), debug: true },
  },
  {
    name: 'a crash before the run has begun',
    exitCode: 1,
    step: ahead(
      "URL.canParse = () => { throw new Error(Object.values(process.env).join('\\n'), { cause: process.env }) }",
    ),
  },
  { name: 'cancellation', exitCode: 1, cancelled: true },
  {
    name: 'a server that echoes the value in a transient error, in debug mode',
    exitCode: 1,
    prepare(workspace) {
      workspace.intercept((request) =>
        isPut(request)
          ? apiError(503, 'TEMPORARILY_UNAVAILABLE', sentBy(request).value, { 'retry-after': '1' })
          : undefined,
      )
    },
    step: { debug: true },
    inputs: { 'retry-timeout-seconds': '1' },
  },
]

/** Those that the longest values take. */
export const LONGEST_PATHS: readonly LeakPath[] = [
  { name: 'success', exitCode: 0 },
  echoing(ECHOES.filter(([how]) => /in a message|cut/.test(how))),
]
