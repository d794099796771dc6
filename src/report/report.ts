import { keyAges, type KeyAge } from '../sync/key-age.js'
import type { SyncOptions } from '../sync/options.js'
import type { Result } from '../sync/result.js'
import { describeFailures, type ReportContext, type FailureReasons } from './describe-errors.js'
import { collectNotes, type Note } from './notes.js'
import { describePermission, type PermissionLabels } from './permissions.js'

/** All that is said of a run: made once, and told in the log, the job summary, the outputs and the comment. */
export interface Report {
  readonly result: Result
  readonly reasons: FailureReasons
  /** What a reader has to know besides what became of each key. */
  readonly notes: readonly Note[]
  /** How old the values are; empty where that was not asked for. */
  readonly ages: readonly KeyAge[]
  /** Each principal of the input `permissions`, in words that can be shown. */
  readonly permissions: readonly PermissionLabels[]
}

/** Makes the report of a run that ends now. */
export function makeReport(result: Result, options: SyncOptions, context: ReportContext): Report {
  const { maxAgeDays } = options
  const ages = maxAgeDays === undefined ? [] : keyAges(result, maxAgeDays, Date.now())
  const { dryRun, permissions } = result
  return {
    result,
    reasons: describeFailures(result, context),
    ages,
    permissions: permissions.map((each) => describePermission(each, { redactor: context.redactor, dryRun })),
    notes: collectNotes(result, ages, options, context),
  }
}
