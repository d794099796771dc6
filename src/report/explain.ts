import { SignInError } from '../databricks/auth/sign-in-error.js'
import { WorkspaceError, type WorkspaceErrorDetails } from '../databricks/workspace-error.js'
import type { Redactor } from '../secrets/redactor.js'
import type { PermissionFailure } from '../sync/apply-permissions.js'
import type { KeyResult, Result } from '../sync/result.js'
import { SyncError } from '../sync/sync-error.js'
import { adviceFor, isKnownCode, type AdviceContext } from './advice.js'
import { foreignText } from './foreign-text.js'
import { signInAdvice } from './sign-in-advice.js'

/** What an explanation may name, and what it must not. */
export interface ExplainContext extends AdviceContext {
  /** The workspace's address. */
  readonly origin: string
  /** What takes the values out of the words of others. */
  readonly redactor: Redactor
}

/** What is said of the failures of a run: found out once, and told in the log and in the job summary. */
export interface Reasons {
  /** Why the run stopped before the first secret was put, if it did. */
  readonly stopped: string | undefined
  /** Why a key could not be put, verified or deleted, by key. */
  readonly failed: ReadonlyMap<string, string>
  /** Why permissions could not be set, each with the principal. */
  readonly permissions: readonly string[]
}

const WRITE_IS_OPEN = 'The write may have happened or not: run the job again.'

/** Explains every failure of a run. */
export function explainResult(result: Result, context: ExplainContext): Reasons {
  const failures = result.keys.flatMap((each) =>
    each.outcome === 'failed' ? [[each.key, explainKey(each, context)] as const] : [],
  )
  const permissions = result.permissions.flatMap((each) =>
    each.outcome === 'failed'
      ? [`Permission of "${context.redactor.redact(each.principal)}": ${explainPermission(each, context)}`]
      : [],
  )
  return {
    permissions,
    stopped: 'stoppedBy' in result ? explain(result.stoppedBy, context) : undefined,
    failed: new Map(failures),
  }
}

function explainKey(
  { error, written }: Extract<KeyResult, { outcome: 'failed' }>,
  context: ExplainContext,
): string {
  return `${written === true ? 'It was put, but that it arrived could not be verified. ' : ''}${explain(error, context)}`
}

function explainPermission({ error, written }: PermissionFailure, context: ExplainContext): string {
  const isTold = error instanceof SyncError
  return `${written === true && !isTold ? 'It was set, but could not be read back. ' : ''}${explain(error, context)}`
}

/** Says in a few sentences what went wrong and what to change, for any error that a run can end with. */
export function explain(error: unknown, context: ExplainContext): string {
  if (error instanceof WorkspaceError) return explainRequest(error, context)
  if (error instanceof SignInError) return explainSignIn(error, context)
  if (error instanceof SyncError) return withoutValues(error, context.redactor)
  return explainCrash(error)
}

/** Tells of an error that nothing expected by its kind alone: its message may hold anything. */
export function explainCrash(error: unknown): string {
  const kind = error instanceof Error ? error.constructor.name : typeof error
  return `An error that should not happen (${kind}) stopped the action. Please report it as a bug.`
}

/**
 * Our own words stay as they are; a name among them that the workspace gave may hold anything. The longest comes first: a
 * name that begins with another would not be found any more once that one has been replaced in it.
 */
function withoutValues({ message, foreign }: SyncError, redactor: Redactor): string {
  const names = [...foreign].sort((one, other) => other.length - one.length)
  return names.reduce((text, part) => text.replaceAll(part, () => redactor.redact(part)), message)
}

function explainRequest(error: WorkspaceError, context: ExplainContext): string {
  const { requestId = '' } = tellable(error.details)
  return [
    describeRequest(error, context),
    error.leavesOpen && WRITE_IS_OPEN,
    !(error.leavesOpen && error.failure === 'cancelled') && adviceFor(error, context),
    /^[\w-]{1,64}$/.test(requestId) && `Request id: ${context.redactor.redact(requestId)}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

function explainSignIn(error: SignInError, context: ExplainContext): string {
  const { request, problem, said = '' } = error.details
  const quote = foreignText(said, context.redactor).replace(/\.$/, '')
  return [
    `Signing in by ${error.authType} failed.`,
    problem,
    quote && `It says: "${quote}".`,
    request && describeRequest(request, context),
    error.leavesOpen && WRITE_IS_OPEN,
    signInAdvice(error, context.redactor),
  ]
    .filter(Boolean)
    .join(' ')
}

/**
 * What may be told of an answer. However the answer to a read goes wrong, the value that is in the scope may stand in it, and
 * as this run does not know that value, nothing could take it out: so nothing is told but the status and a known code.
 */
function tellable(details: WorkspaceErrorDetails): WorkspaceErrorDetails {
  if (details.call !== 'secrets/get') return details
  const { errorCode = '' } = details
  return { ...details, errorCode: isKnownCode(errorCode) ? errorCode : '', said: '', requestId: '' }
}

/** What happened to a request, with what the other side said. */
function describeRequest(error: WorkspaceError, { origin, redactor }: ExplainContext): string {
  const { status, errorCode, said = '', origin: sentTo = origin } = tellable(error.details)
  // The code, too, is the other side's word.
  const code = errorCode === String(status) ? '' : redactor.redact(errorCode ?? '')
  const quote = foreignText(said, redactor).replace(/\.$/, '')
  const { notSent, tries, triedMs = 0 } = error.details
  return [
    notSent === true &&
      error.failure !== 'cancelled' &&
      `Not sent${tries === undefined ? '' : ' again'}, since nothing got through any more.`,
    whatHappened(error, sentTo, [code, status && `HTTP ${status}`].filter(Boolean).join(', ')),
    quote && `It says: "${quote}".`,
    tries !== undefined && `It was tried ${tries} times in ${Math.ceil(triedMs / 1_000)} s.`,
  ]
    .filter(Boolean)
    .join(' ')
}

function whatHappened({ failure, details }: WorkspaceError, origin: string, code: string): string {
  switch (failure) {
    case 'unreachable':
      return `No connection to ${origin} could be made.`
    case 'proxy':
      return `No connection to ${origin} could be made through the proxy of this runner.`
    case 'untrusted':
      return `No secure connection to ${origin} could be made: its certificate is not trusted here, or it does not speak TLS.`
    case 'silent':
      return `${origin} did not answer in time.`
    case 'cut':
      return `The connection to ${origin} ended before the answer was complete.`
    case 'redirected':
      return `${origin} answered with a redirect (${code}), which is not followed, so that no secret goes there.`
    case 'foreign':
      return `${origin} answered with something that is not the Databricks REST API${code && ` (${code})`}.`
    case 'cancelled':
      if (details.notSent !== true) return `The job was cancelled before ${origin} had answered.`
      return details.tries === undefined
        ? 'Not sent: the job was cancelled.'
        : 'Not sent again: the job was cancelled.'
    case 'refused':
      return details.errorCode === undefined && details.structured !== true
        ? `${origin} refused the request (${code}), but not in the form of Databricks: a proxy or a firewall may stand in between.`
        : `${details.origin ?? 'The workspace'} refused the request (${code}).`
  }
}
