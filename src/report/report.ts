import { keyAges, type KeyAge } from '../sync/key-age.js'
import type { SyncOptions } from '../sync/options.js'
import type { Result } from '../sync/result.js'
import { describeFailures, type ReportContext, type FailureReasons } from './describe-errors.js'
import { collectNotes, type Note } from './notes.js'
import { troubleshootingLink, type ErrorKind, type TroubleshootingLink } from './troubleshooting-link.js'
import { describePermission, type PermissionLabels } from './permissions.js'

/** The report of a run, made once for the log, the job summary, the outputs and the comment. */
export interface Report {
  readonly result: Result
  readonly reasons: FailureReasons
  /** What a reader should know about the run as a whole. */
  readonly notes: readonly Note[]
  /** The ages of keys; empty without `max-age-days`. */
  readonly ages: readonly KeyAge[]
  /** Each principal of the input `permissions`, as texts that are safe to show. */
  readonly permissions: readonly PermissionLabels[]
  /** The link that closes the errors; undefined if the run succeeded. */
  readonly link: TroubleshootingLink | undefined
}

/** What a report needs in addition to the result. */
export interface MakeReportContext extends ReportContext {
  /** Whether the job was cancelled. Then the step fails, whatever was done before. */
  readonly cancelled: boolean
  readonly env: NodeJS.ProcessEnv
}

/** Makes the report of a run that ends now. */
export function makeReport(result: Result, options: SyncOptions, context: MakeReportContext): Report {
  const { maxAgeDays } = options
  const ages = maxAgeDays === undefined ? [] : keyAges(result, maxAgeDays, Date.now())
  const { dryRun, permissions } = result
  const reasons = describeFailures(result, context)
  const kind = errorKind(reasons, context.cancelled)
  return {
    result,
    reasons,
    ages,
    permissions: permissions.map((each) => describePermission(each, { redactor: context.redactor, dryRun })),
    notes: collectNotes(result, ages, options, context),
    link: kind && troubleshootingLink(kind, context.env, context.redactor),
  }
}

/** The kind of the error to read about first: the one of most keys, unless it only follows from another. */
function errorKind(reasons: FailureReasons, cancelled: boolean): ErrorKind | undefined {
  const kinds = [
    ...(reasons.stopped === undefined ? [] : [reasons.stopped.kind]),
    ...reasons.keys.filter(({ outcome }) => outcome !== 'not deleted').map(({ reason }) => reason.kind),
    ...reasons.permissions.map(({ reason }) => reason.kind),
  ]
  return kinds.find((kind) => kind !== 'cancelled') ?? (cancelled ? 'cancelled' : kinds[0])
}
