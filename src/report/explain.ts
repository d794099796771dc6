import { WorkspaceError } from '../databricks/workspace-error.js'
import type { Fault } from '../fault.js'
import { SyncError } from '../sync/sync-error.js'
import { foreignText } from './foreign-text.js'

/** What an explanation may name. */
export interface ExplainContext {
  /** The workspace's address. */
  readonly origin: string
  /** The page that a person would open for it. */
  readonly workspaceUrl: string
  /** The scope as the workflow names it. */
  readonly scope: string
  /** What the runner has been told to hide. */
  readonly masks: readonly string[]
}

/**
 * Says what is wrong with the inputs, and where: `secrets, line 3: …`. What is wrong in the same way with several lines
 * of an input is said once, with all of the lines: a key that was pasted as it is makes dozens of them.
 */
export function explainFaults(faults: readonly Fault[]): string[] {
  const alike = new Map<string, Fault[]>()
  for (const fault of faults) {
    const kind = JSON.stringify([fault.input, fault.message, fault.column])
    alike.set(kind, [...(alike.get(kind) ?? []), fault])
  }
  return [...alike.values()].map((group) => {
    const { input, column, message } = group[0] as Fault
    const lines = group.flatMap(({ line }) => line ?? [])
    const place = [input, lines.length > 0 && describeLines(lines), column && `column ${column}`]
    return `${place.filter(Boolean).join(', ')}: ${message}.`
  })
}

/** Writes line numbers as a person would: `lines 2, 5 to 31`. */
function describeLines(lines: readonly number[]): string {
  const runs: [first: number, last: number][] = []
  for (const line of lines) {
    const run = runs.at(-1)
    if (run?.[1] === line - 1) run[1] = line
    else runs.push([line, line])
  }
  const text = runs.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(', ')
  return `${lines.length === 1 ? 'line' : 'lines'} ${text}`
}

/** Says in a few sentences what went wrong and what to change, for any error that a run can end with. */
export function explain(error: unknown, context: ExplainContext): string {
  if (error instanceof WorkspaceError) return explainRequest(error, context)
  if (error instanceof SyncError) return error.message
  return explainCrash(error)
}

/** Tells of an error that nothing expected by its kind alone: its message may hold anything. */
export function explainCrash(error: unknown): string {
  const kind = error instanceof Error ? error.constructor.name : typeof error
  return `An error that should not happen (${kind}) stopped the action. Please report it as a bug.`
}

/** The same for a put, whose failure can leave it open whether the secret has been written. */
export function explainPut(error: unknown, context: ExplainContext): string {
  const open = error instanceof WorkspaceError && ['silent', 'cut', 'foreign'].includes(error.failure)
  return (
    explain(error, context) + (open ? ' The secret may have been written or not: run the job again.' : '')
  )
}

function explainRequest(error: WorkspaceError, context: ExplainContext): string {
  const { status, errorCode, said = '', requestId } = error.details
  const quote = foreignText(said, context.masks)
  const code = [errorCode !== String(status) && errorCode, status && `HTTP ${status}`]
    .filter(Boolean)
    .join(', ')
  return [
    WHAT_HAPPENED[error.failure](context.origin, code),
    quote && `It says: "${quote.replace(/\.$/, '')}".`,
    cureFor(error, context),
    requestId && `Request id: ${foreignText(requestId, context.masks)}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

const WHAT_HAPPENED: Record<WorkspaceError['failure'], (origin: string, code: string) => string> = {
  unreachable: (origin) => `No connection to ${origin} could be made.`,
  untrusted: (origin) =>
    `No secure connection to ${origin} could be made: its certificate is not trusted here, or it does not speak TLS.`,
  silent: (origin) => `${origin} did not answer in time.`,
  cut: (origin) => `The connection to ${origin} ended before the answer was complete.`,
  redirected: (origin, code) =>
    `${origin} answered with a redirect (${code}), which is not followed, so that no secret goes there.`,
  foreign: (origin, code) =>
    `${origin} answered with something that is not the Databricks REST API${code && ` (${code})`}.`,
  refused: (_, code) => `The workspace refused the request (${code}).`,
}

const CHECK_HOST =
  'Check the input host: it is the address of a workspace, as the browser shows it. If it serves several workspaces, ' +
  'give workspace-id too.'

/** What to change. Texts of the workspace only choose the advice here, never what the action does. */
function cureFor({ failure, details }: WorkspaceError, { scope }: ExplainContext): string {
  const { status, errorCode = '', said = '' } = details
  switch (failure) {
    case 'unreachable':
      return 'Check the input host, and that this runner may reach it (firewall, proxy, private network).'
    case 'untrusted':
      return 'Where a proxy or a private certificate authority stands in between, set NODE_EXTRA_CA_CERTS to its certificate.'
    case 'silent':
    case 'cut':
      return 'If it happens again, check the network between this runner and the workspace (firewall, proxy).'
    case 'redirected':
      return said.includes('private-link-validation-error')
        ? 'The workspace is behind Private Link: use a self-hosted runner inside its network.'
        : CHECK_HOST
    case 'foreign':
      return CHECK_HOST
    case 'refused':
      break
  }
  // Databricks answers with these numbers in place of a code when it has not let us in at all; the cures differ.
  if (status === 401 || errorCode === '403') {
    if (said.includes('IP ACL')) {
      return 'The IP access list of the workspace does not have this runner: add its address, or use a self-hosted runner.'
    }
    if (said.includes('Unauthorized access to Org')) {
      return 'The token belongs to another workspace: check the inputs host, workspace-id and token.'
    }
    return 'Check the input token: it may have expired, been revoked, or belong to another workspace.'
  }
  const cure = CURES[errorCode] ?? CURES[String(status)]
  return cure?.(scope) ?? ''
}

const RUN_AGAIN = (): string => 'This passes: run the job again in a while.'
const NO_SUCH_CALL = (): string => `There is no Secrets API at this address. ${CHECK_HOST}`

/** What to change, by Databricks' code or, where the answer has none, by the status. */
const CURES: Readonly<Record<string, (scope: string) => string>> = {
  PERMISSION_DENIED: (scope) =>
    'Let somebody who manages the scope give the identity behind the token WRITE on it: ' +
    `databricks secrets put-acl "${scope}" PRINCIPAL WRITE.`,
  CUSTOMER_UNAUTHORIZED: (scope) =>
    `Databricks reserves the name "${scope}": choose another in the input scope.`,
  RESOURCE_DOES_NOT_EXIST: (scope) => `The scope "${scope}" is no longer there: find out who deletes it.`,
  RESOURCE_LIMIT_EXCEEDED: () =>
    'A workspace has 1,000 scopes at most, and a scope 1,000 secrets: delete what is no longer used.',
  INVALID_PARAMETER_VALUE: () =>
    'Check the inputs scope and secrets: a scope is named with letters, digits, "-", "_", "." and "@".',
  INTERNAL_ERROR: () =>
    'If the token is that of a service principal, check that it has been added to this workspace.',
  ENDPOINT_NOT_FOUND: NO_SUCH_CALL,
  404: NO_SUCH_CALL,
  REQUEST_LIMIT_EXCEEDED: RUN_AGAIN,
  RESOURCE_EXHAUSTED: RUN_AGAIN,
  TEMPORARILY_UNAVAILABLE: RUN_AGAIN,
  429: RUN_AGAIN,
  502: RUN_AGAIN,
  503: RUN_AGAIN,
  504: RUN_AGAIN,
}
