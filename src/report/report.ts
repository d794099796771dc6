import type { AuthMethod } from '../databricks/auth/choose-auth-method.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { keyAges, type KeyAge } from '../sync/key-age.js'
import { keyExpiries, type KeyExpiry } from '../sync/key-expiry.js'
import { hasPermissions } from '../stores/permission-plan.js'
import { isNotStarted, type Result, type TargetResult } from '../sync/result.js'
import { reportConsumers, type ConsumerReport } from './consumers.js'
import { describeError, describeFailures, type FailureReasons } from './describe-errors.js'
import type { Explanation } from './explanation.js'
import { collectNotes, type Note } from './notes.js'
import { describePermission, type PermissionLabels } from './permissions.js'
import { collectFailures, markSharedFailures } from './run-failures.js'
import { collectRunNotes, markSharedNotes, type RunNote } from './run-notes.js'
import { troubleshootingLink, type ErrorKind, type TroubleshootingLink } from './troubleshooting-link.js'

/** The report of a run, made once for the log, the job summary, the outputs and the comment. */
export interface Report {
  readonly dryRun: boolean
  /** Whether keys are named with their target: see {@link RunContext.qualifiesKeys}. */
  readonly qualifiesKeys: boolean
  /** Why the run stopped before it read the targets; undefined if it did not. */
  readonly stopped: Explanation | undefined
  /** Each target, in the order of the inputs. */
  readonly targets: readonly TargetReport[]
  /** The failures of all targets. */
  readonly failures: FailureReasons
  /** The notes about all targets. */
  readonly notes: readonly RunNote[]
  /** What was found about the consumers of keys; undefined without `consumers`. */
  readonly consumers: ConsumerReport | undefined
  /** The link that closes the errors; undefined if the run succeeded. */
  readonly link: TroubleshootingLink | undefined
}

/** The report of one target. */
export interface TargetReport {
  readonly dryRun: boolean
  /** Whether the run has other targets. Then less of this one is shown. */
  readonly isOneOfSeveral: boolean
  readonly result: TargetResult
  readonly reasons: FailureReasons
  /** What a reader should know about the target as a whole. */
  readonly notes: readonly Note[]
  /** The ages of keys; empty without `max-age-days`. */
  readonly ages: readonly KeyAge[]
  /** The keys that have ended or end soon. */
  readonly expiries: readonly KeyExpiry[]
  /** Each principal of the input `permissions`, as texts that are safe to show. */
  readonly permissions: readonly PermissionLabels[]
}

/** What a report says about the run itself. */
export interface RunContext {
  /** The address of the workspace. */
  readonly origin: string
  /** The address of the workspace for a browser. */
  readonly workspaceUrl: string
  /** The variables that the host came from, as `host from DATABRICKS_HOST`. */
  readonly hostFromVariables: readonly string[]
  /** The authentication method of the run. */
  readonly auth: AuthMethod
  /** The identity of this run, as commands name it; undefined where the inputs do not name it. */
  readonly identity: string | undefined
  /** Whether the run is for a pull request, with any of its events. */
  readonly isForPullRequest: boolean
  /** Whether outputs and messages name a key as `target/key`: for a run with a config file, however many targets it has. */
  readonly qualifiesKeys: boolean
  /** Whether names that people chose in the workspace may be shown: the repository is certainly not public. */
  readonly showsNames: boolean
  /** Whether the job was cancelled. Then the step fails, whatever was done before. */
  readonly cancelled: boolean
  /** Removes values from untrusted text. */
  readonly redactor: Redactor
  readonly env: NodeJS.ProcessEnv
}

/** Makes the report of a run that ends now. */
export function makeReport(result: Result, context: RunContext): Report {
  const { dryRun } = result
  const { qualifiesKeys } = context
  const now = Date.now()
  const someUnset = result.targets.some((target) => !dryRun && hasUnsetPermissions(target))
  const targets = markSharedNotes(
    markSharedFailures(
      result.targets.map((each) => ({
        ...reportTarget(each, dryRun, now, someUnset, context),
        isOneOfSeveral: result.targets.length > 1,
      })),
    ),
  )
  const [first] = targets
  const stopped =
    'stoppedBy' in result && first !== undefined
      ? describeError(result.stoppedBy, contextOf(first.result, dryRun, context))
      : undefined
  const kind = errorKind(stopped, targets, context.cancelled)
  return {
    dryRun,
    qualifiesKeys,
    stopped,
    targets,
    failures: collectFailures(targets, qualifiesKeys),
    notes: collectRunNotes(targets),
    consumers: reportConsumers(result, context),
    link: kind && troubleshootingLink(kind, context.env, context.redactor),
  }
}

function reportTarget(
  result: TargetResult,
  dryRun: boolean,
  now: number,
  someUnset: boolean,
  context: RunContext,
): Omit<TargetReport, 'isOneOfSeveral'> {
  const { maxAgeDays } = result.target.options
  const ages = maxAgeDays === undefined ? [] : keyAges(result, dryRun, maxAgeDays, now)
  const expiries = keyExpiries(result, dryRun, now)
  const targetContext = contextOf(result, dryRun, context)
  return {
    dryRun,
    result,
    reasons: describeFailures(result, targetContext),
    ages,
    expiries,
    permissions: result.permissions.map((each) =>
      describePermission(each, { redactor: context.redactor, dryRun }),
    ),
    notes: collectNotes(result, { ages, expiries, someUnset }, dryRun, targetContext),
  }
}

/** Whether a run did not set all permissions of a target. Then its principals may be misspelt. */
function hasUnsetPermissions(target: TargetResult): boolean {
  return (
    ('stoppedBy' in target && hasPermissions(target.target.permissions)) ||
    isNotStarted(target) ||
    target.permissions.some(({ outcome }) => outcome === 'failed')
  )
}

/** What explanations about a target can name. */
function contextOf({ target: { store, secrets } }: TargetResult, dryRun: boolean, context: RunContext) {
  const writes = !dryRun && secrets.length > 0
  return {
    ...context,
    store,
    firstKey: secrets[0]?.key,
    permission: writes ? ('WRITE' as const) : ('READ' as const),
    writesForPullRequest: writes && context.isForPullRequest,
  }
}

/** The kind of the error to read about first: the one of most keys, unless it only follows from another. */
function errorKind(
  stopped: Explanation | undefined,
  targets: readonly TargetReport[],
  cancelled: boolean,
): ErrorKind | undefined {
  const reasons = targets.map((target) => target.reasons)
  const kinds = [
    ...(stopped === undefined ? [] : [stopped.kind]),
    ...reasons.flatMap((each) => each.stopped.map(({ reason }) => reason.kind)),
    ...reasons.flatMap(({ keys }) =>
      keys.filter(({ outcome }) => outcome !== 'not deleted').map(({ reason }) => reason.kind),
    ),
    ...reasons.flatMap(({ permissions }) => permissions.map(({ reason }) => reason.kind)),
  ]
  return kinds.find((kind) => kind !== 'cancelled') ?? (cancelled ? 'cancelled' : kinds[0])
}
