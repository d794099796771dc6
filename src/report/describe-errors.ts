import { AuthError } from '../databricks/auth/auth-error.js'
import { WorkspaceError, type WorkspaceErrorDetails } from '../databricks/workspace-error.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import type { PermissionFailure, PermissionResult } from '../stores/permission-plan.js'
import { SyncError } from '../stores/sync-error.js'
import type { Plan } from '../sync/plan.js'
import type { KeyResult, TargetResult } from '../sync/result.js'
import { adviceFor, grantToRun, isKnownCode, type AdviceContext } from './advice.js'
import { authAdvice } from './auth-advice.js'
import { describeCrash } from './describe-crash.js'
import { leadingTo, shellCommand } from './shell-commands.js'
import type { Attempts, Explanation } from './explanation.js'
import { groupFailures, type FailureGroup } from './failure-groups.js'
import { targetName } from './key-name.js'
import { keyOutcome } from './key-outcome.js'
import { meantPrincipals, quoteNames } from './meant-principals.js'
import { describePrincipal } from './permissions.js'
import { grantStatements } from './sql-commands.js'
import { isSafeToShow, untrustedText } from './untrusted-text.js'

/** What an explanation can name. */
export interface ReportContext extends AdviceContext {
  /** The address of the workspace. */
  readonly origin: string
  /** A key of the map, for commands that need one as an example; undefined if the map is empty. */
  readonly firstKey: string | undefined
  /** Whether the targets are those of a config file. Default: they are inputs. */
  readonly qualifiesKeys?: boolean
  /** Whether the run is for a pull request and is not a dry run. */
  readonly writesForPullRequest: boolean
}

/** Why a target failed, explained once for the log and the job summary. */
export interface FailureReasons {
  /** Why it stopped before the first secret was written, with the name of the target; empty if it did not. */
  readonly stopped: readonly FailureGroup[]
  /** Why keys could not be written, verified or deleted. */
  readonly keys: readonly FailureGroup[]
  /** Why permissions could not be set or removed. */
  readonly permissions: readonly FailureGroup[]
}

/** Explains every failure of a target. */
export function describeFailures(result: TargetResult, context: ReportContext): FailureReasons {
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
            names: [describePrincipal(each, context.redactor)],
            reason: explainPermission(each, result.plan?.permissions, context),
          },
        ]
      : [],
  )
  return {
    stopped:
      'stoppedBy' in result
        ? [
            {
              outcome: 'stopped',
              names: [targetName(result)],
              reason: describeError(result.stoppedBy, context),
            },
          ]
        : [],
    keys: groupFailures(keys),
    permissions: groupFailures(permissions),
  }
}

function explainKey(
  { error, written }: Extract<KeyResult, { outcome: 'failed' }>,
  context: ReportContext,
): Explanation {
  const explanation = describeError(error, context)
  // The message of a SyncError already says whether the value was written.
  const isAdded = written === true && !(error instanceof SyncError)
  return isAdded ? after('Written, but it could not be read back to verify it.', explanation) : explanation
}

function explainPermission(
  failed: PermissionResult & PermissionFailure,
  plan: Plan['permissions'],
  context: ReportContext,
): Explanation {
  const { error, written, removal } = failed
  const explanation = describeError(error, context)
  if (isUnknownPrincipal(failed, explanation) && typeof plan === 'object') {
    const meant = quoteNames(meantPrincipals(failed.principal, plan), context.redactor)
    if (meant !== undefined)
      return { ...explanation, advice: `Did you mean ${meant}, which has access? ${explanation.advice}` }
  }
  // The message of a SyncError already says so.
  const isAdded = written === true && !(error instanceof SyncError)
  const done = removal === true ? 'Removed' : 'Set'
  return isAdded ? after(`${done}, but it could not be read back to verify it.`, explanation) : explanation
}

/** Whether the workspace may have refused a permission because it does not know the principal. One with a permission is known. */
function isUnknownPrincipal(
  { error, from, removal }: PermissionResult & PermissionFailure,
  { kind }: Explanation,
): boolean {
  return (
    error instanceof WorkspaceError && kind === 'permissions-input' && from === undefined && removal !== true
  )
}

function after(sentence: string, explanation: Explanation): Explanation {
  return { ...explanation, what: `${sentence} ${explanation.what}` }
}

/** Explains any error that a run can end with: what went wrong and what to change. */
export function describeError(error: unknown, context: ReportContext): Explanation {
  const explanation = explain(error, context)
  const shown =
    context.writesForPullRequest && leadsToGrant(error, explanation)
      ? withoutGrant(error, explanation, context)
      : explanation
  return context.qualifiesKeys === true ? inConfigFile(error, shown) : shown
}

/** Whether the explanation asks for a permission of this run. */
function leadsToGrant(error: unknown, { kind }: Explanation): boolean {
  if (kind === 'permission-denied') return true
  return error instanceof SyncError && error.details.needsGrants !== undefined
}

/**
 * Explains a missing permission in a run that writes for a pull request. Usually `dry-run` is false by mistake, and the
 * identity should only read. A command that grants the permission would let everyone who can push a branch write secrets.
 */
function withoutGrant(error: unknown, explanation: Explanation, { store }: ReportContext): Explanation {
  const permissions = store.kind === 'scope' ? 'WRITE or MANAGE' : 'CREATE SECRET or WRITE SECRET'
  const advice =
    'This run is for a pull request, and dry-run is false. Set dry-run to true for pull requests, and do not grant ' +
    `${permissions} to this principal: everyone who can push a branch could write secrets.`
  // The message of a SyncError contains its own advice, which comes after this.
  return error instanceof SyncError
    ? { ...explanation, what: `${advice} ${explanation.what.replace(/:$/, '.')}`, commands: [] }
    : { ...explanation, advice, commands: [] }
}

/** Names the config file where a message names the inputs `scope` and `schema`. What the workspace says stays unchanged. */
function inConfigFile(error: unknown, explanation: Explanation): Explanation {
  const { what, advice } = explanation
  return {
    ...explanation,
    what: error instanceof SyncError ? forConfigFile(what) : what,
    advice: forConfigFile(advice),
  }
}

/** How messages name the inputs `scope` and `schema`, and what is said in place of it where a config file has the targets. */
const IN_CONFIG_FILE: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/the inputs host and (?:scope|schema)\b/g, 'the input host, the config file'],
  [/with the input scope\b/g, 'under scopes in the config file'],
  [/the input (?:scope|schema)\b/g, 'the config file'],
]

function forConfigFile(message: string): string {
  return IN_CONFIG_FILE.reduce((text, [pattern, inFile]) => text.replace(pattern, inFile), message)
}

function explain(error: unknown, context: ReportContext): Explanation {
  if (error instanceof WorkspaceError) return explainRequest(error, context)
  if (error instanceof AuthError) return explainAuth(error, context)
  if (error instanceof SyncError) return explainSync(error, context)
  return { kind: 'internal', what: describeCrash(error), advice: '', commands: [] }
}

function explainSync(error: SyncError, context: ReportContext): Explanation {
  const { kind, details } = error
  const what = withoutValues(error, context.redactor)
  const { needsManage, needsGrants, vault } = details
  if (needsManage === undefined && needsGrants === undefined && vault === undefined)
    return { kind, what, advice: '', commands: [] }
  const commands =
    needsGrants !== undefined
      ? grantStatements(needsGrants.grants, reportedIdentity(needsGrants, context), context.redactor)
      : needsManage === undefined
        ? vaultCommands(vault ?? '', context)
        : grantToRun('MANAGE', { ...context, identity: reportedIdentity(needsManage, context) }).commands
  return { kind, what: leadingTo(what, commands), advice: '', commands }
}

/** The identity that the workspace reported, if it can be shown; otherwise the one of the inputs. */
function reportedIdentity(
  { identity: reported }: { readonly identity: string | undefined },
  { identity, redactor }: ReportContext,
): string | undefined {
  return reported !== undefined && isSafeToShow(reported, redactor, 'untrusted') ? reported : identity
}

/** The command that writes a secret to an Azure key vault, for one key as an example. */
function vaultCommands(vault: string, { firstKey, redactor }: ReportContext): string[] {
  const isShown = isSafeToShow(vault, redactor, 'untrusted') && !vault.startsWith('-')
  if (firstKey === undefined || !isShown) return []
  const start = shellCommand(['az', 'keyvault', 'secret', 'set', '--vault-name'], [vault])
  return [`${start} --name ${firstKey} --file FILE`]
}

/**
 * Redacts only the names in the message that the workspace gave. The longest is replaced first: a name that starts with
 * another one would not be found after the shorter one was replaced in it.
 */
function withoutValues({ message, details: { untrusted = [] } }: SyncError, redactor: Redactor): string {
  const names = [...untrusted].sort((one, other) => other.length - one.length)
  return names.reduce((text, part) => text.replaceAll(part, () => redactor.redact(part)), message)
}

function explainRequest(error: WorkspaceError, context: ReportContext): Explanation {
  const { requestId = '' } = showable(error.details)
  const advice = adviceFor(error, context)
  const isCancelledWrite = error.outcomeUnknown && error.failure === 'cancelled'
  const text = isCancelledWrite ? '' : advice.advice
  return {
    ...advice,
    what: describeRequest(error, context),
    ...attemptsOf(error),
    ...(/^[\w-]{1,64}$/.test(requestId) && { requestId: context.redactor.redact(requestId) }),
    advice: [error.outcomeUnknown && unknownOutcome(advice.advice), text].filter(Boolean).join(' '),
  }
}

function explainAuth(error: AuthError, context: ReportContext): Explanation {
  const { request, problem, stderr = '' } = error.details
  const quote = untrustedText(stderr, context.redactor).replace(/\.$/, '')
  const advice = authAdvice(error, context.redactor)
  return {
    ...advice,
    what: [
      `Signing in with ${error.authType} failed.`,
      problem,
      quote && `It says: "${quote}".`,
      request && describeRequest(request, context),
    ]
      .filter(Boolean)
      .join(' '),
    ...attemptsOf(request),
    advice: [error.outcomeUnknown && unknownOutcome(), advice.advice].filter(Boolean).join(' '),
  }
}

/** Says that a write may have been applied, and what to do, unless the advice already says it. */
function unknownOutcome(advice = ''): string {
  const isSaid = advice.includes('run the job again')
  return `The write may or may not have been applied${isSaid ? '' : ': run the job again'}.`
}

function attemptsOf(error: WorkspaceError | undefined): { readonly attempts?: Attempts } {
  const { tries = 1, triedMs: ms = 0 } = error?.details ?? {}
  return tries > 1 ? { attempts: { tries, ms } } : {}
}

/**
 * The details that may be shown. The response to a read of a value may contain it, however wrong the response is. This run
 * does not know that value and cannot redact it, so only the status and a known error code are shown.
 */
function showable(details: WorkspaceErrorDetails): WorkspaceErrorDetails {
  if (details.readsValue !== true) return details
  const { errorCode = '' } = details
  return { ...details, errorCode: isKnownCode(errorCode) ? errorCode : '', serverMessage: '', requestId: '' }
}

/** Describes what happened to a request, and quotes the message of the response. */
function describeRequest(error: WorkspaceError, { origin, redactor }: ReportContext): string {
  const { status, errorCode, serverMessage = '', origin: sentTo = origin } = showable(error.details)
  // The error code is untrusted text, too.
  const code = errorCode === String(status) ? '' : redactor.redact(errorCode ?? '')
  const quote = untrustedText(serverMessage, redactor).replace(/\.$/, '')
  const { notSent, tries } = error.details
  return [
    notSent === true &&
      error.failure !== 'cancelled' &&
      `Not sent${tries === undefined ? '' : ' again'}, because no request succeeded any more. The last error:`,
    describeFailure(error, sentTo, [code, status && `HTTP ${status}`].filter(Boolean).join(', ')),
    quote && `${error.failure === 'redirected' ? 'It leads to' : 'It says'}: "${quote}".`,
  ]
    .filter(Boolean)
    .join(' ')
}

function describeFailure({ failure, details }: WorkspaceError, origin: string, code: string): string {
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
      return `The connection to ${origin} was lost before the response was complete.`
    case 'redirected':
      return `${origin} answered with a redirect (${code}), which is not followed, so that no secret goes there.`
    case 'unexpected-response':
      return `${origin} answered with something that is not the Databricks REST API${code && ` (${code})`}.`
    case 'value-missing':
      return `The value could not be read: ${origin} answered without it.`
    case 'cancelled':
      if (details.notSent !== true) return `The job was cancelled before ${origin} answered.`
      return details.tries === undefined
        ? 'Not sent: the job was cancelled.'
        : 'Not sent again: the job was cancelled.'
    case 'error-response':
      return details.errorCode === undefined && details.isJson !== true && details.isHtmlErrorPage !== true
        ? `${origin} refused the request (${code}), but not in the format of Databricks: a proxy or a firewall may have answered.`
        : `${details.origin ?? 'The workspace'} refused the request (${code}).`
  }
}
