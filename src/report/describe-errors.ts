import { AuthError } from '../databricks/auth/auth-error.js'
import { WorkspaceError, type WorkspaceErrorDetails } from '../databricks/workspace-error.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import type { PermissionFailure } from '../sync/apply-permissions.js'
import type { KeyResult, Result } from '../sync/result.js'
import { SyncError } from '../sync/sync-error.js'
import { adviceFor, isKnownCode, type AdviceContext } from './advice.js'
import { groupFailures, type Failure } from './failures.js'
import { untrustedText } from './untrusted-text.js'
import { keyOutcome } from './key-outcome.js'
import { signInAdvice } from './auth-advice.js'

/** What an explanation may name, and what it must not. */
export interface ReportContext extends AdviceContext {
  /** The workspace's address. */
  readonly origin: string
  /** What takes the values out of the words of others. */
  readonly redactor: Redactor
}

/** What is said of the failures of a run: found out once, and told in the log and in the job summary. */
export interface FailureReasons {
  /** Why the run stopped before the first secret was put, if it did. */
  readonly stopped: string | undefined
  /** Why keys could not be put, verified or deleted. */
  readonly keys: readonly Failure[]
  /** Why principals could not be given their permission. */
  readonly permissions: readonly Failure[]
}

/** That a write may have been carried out, and what to do, unless the advice that follows says so. */
function openWrite(advice = ''): string {
  const isSaid = advice.includes('run the job again')
  return `The write may have happened or not${isSaid ? '' : ': run the job again'}.`
}

/** Explains every failure of a run. */
export function describeFailures(result: Result, context: ReportContext): FailureReasons {
  const keys = result.keys.flatMap((each) =>
    each.outcome === 'failed'
      ? [{ outcome: keyOutcome(each), names: [each.key], reason: explainKey(each, context) }]
      : [],
  )
  const permissions = result.permissions.flatMap((each) =>
    each.outcome === 'failed'
      ? [
          {
            outcome: each.outcome,
            names: [context.redactor.redact(each.principal)],
            reason: explainPermission(each, context),
          },
        ]
      : [],
  )
  return {
    stopped: 'stoppedBy' in result ? describeError(result.stoppedBy, context) : undefined,
    keys: groupFailures(keys),
    permissions: groupFailures(permissions),
  }
}

function explainKey(
  { error, written }: Extract<KeyResult, { outcome: 'failed' }>,
  context: ReportContext,
): string {
  return `${written === true ? 'It was put, but that it arrived could not be verified. ' : ''}${describeError(error, context)}`
}

function explainPermission({ error, written }: PermissionFailure, context: ReportContext): string {
  const isTold = error instanceof SyncError
  return `${written === true && !isTold ? 'It was set, but could not be read back. ' : ''}${describeError(error, context)}`
}

/** Says in a few sentences what went wrong and what to change, for any error that a run can end with. */
export function describeError(error: unknown, context: ReportContext): string {
  if (error instanceof WorkspaceError) return explainRequest(error, context)
  if (error instanceof AuthError) return explainSignIn(error, context)
  if (error instanceof SyncError) return withoutValues(error, context.redactor)
  return describeCrash(error)
}

/** Tells of an error that nothing expected by its kind alone: its message may hold anything. */
export function describeCrash(error: unknown): string {
  const kind = error instanceof Error ? error.constructor.name : typeof error
  return `An error that should not happen (${kind}) stopped the action. Please report it as a bug.`
}

/**
 * Our own words stay as they are; a name among them that the workspace gave may hold anything. The longest comes first: a
 * name that begins with another would not be found any more once that one has been replaced in it.
 */
function withoutValues({ message, untrusted: foreign }: SyncError, redactor: Redactor): string {
  const names = [...foreign].sort((one, other) => other.length - one.length)
  return names.reduce((text, part) => text.replaceAll(part, () => redactor.redact(part)), message)
}

function explainRequest(error: WorkspaceError, context: ReportContext): string {
  const { requestId = '' } = tellable(error.details)
  const advice = adviceFor(error, context)
  return [
    describeRequest(error, context),
    error.outcomeUnknown && openWrite(advice),
    !(error.outcomeUnknown && error.failure === 'cancelled') && advice,
    /^[\w-]{1,64}$/.test(requestId) && `Request id: ${context.redactor.redact(requestId)}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

function explainSignIn(error: AuthError, context: ReportContext): string {
  const { request, problem, stderr: said = '' } = error.details
  const quote = untrustedText(said, context.redactor).replace(/\.$/, '')
  return [
    `Signing in by ${error.authType} failed.`,
    problem,
    quote && `It says: "${quote}".`,
    request && describeRequest(request, context),
    error.outcomeUnknown && openWrite(),
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
  return { ...details, errorCode: isKnownCode(errorCode) ? errorCode : '', serverMessage: '', requestId: '' }
}

/** What happened to a request, with what the other side said. */
function describeRequest(error: WorkspaceError, { origin, redactor }: ReportContext): string {
  const { status, errorCode, serverMessage: said = '', origin: sentTo = origin } = tellable(error.details)
  // The code, too, is the other side's word.
  const code = errorCode === String(status) ? '' : redactor.redact(errorCode ?? '')
  const quote = untrustedText(said, redactor).replace(/\.$/, '')
  const { notSent, tries, triedMs = 0 } = error.details
  return [
    notSent === true &&
      error.failure !== 'cancelled' &&
      `Not sent${tries === undefined ? '' : ' again'}, since nothing got through any more.`,
    whatHappened(error, sentTo, [code, status && `HTTP ${status}`].filter(Boolean).join(', ')),
    quote && `It says: "${quote}".`,
    tries !== undefined && tries > 1 && `It was tried ${tries} times in ${(triedMs / 1_000).toFixed(1)} s.`,
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
    case 'tls':
      return `No secure connection to ${origin} could be made: its certificate is not trusted here, or it does not speak TLS.`
    case 'timeout':
      return `${origin} did not answer in time.`
    case 'connection-lost':
      return `The connection to ${origin} ended before the answer was complete.`
    case 'redirected':
      return `${origin} answered with a redirect (${code}), which is not followed, so that no secret goes there.`
    case 'unexpected-response':
      return `${origin} answered with something that is not the Databricks REST API${code && ` (${code})`}.`
    case 'cancelled':
      if (details.notSent !== true) return `The job was cancelled before ${origin} had answered.`
      return details.tries === undefined
        ? 'Not sent: the job was cancelled.'
        : 'Not sent again: the job was cancelled.'
    case 'error-response':
      return details.errorCode === undefined && details.isJson !== true && details.isHtmlErrorPage !== true
        ? `${origin} refused the request (${code}), but not in the form of Databricks: a proxy or a firewall may stand in between.`
        : `${details.origin ?? 'The workspace'} refused the request (${code}).`
  }
}
