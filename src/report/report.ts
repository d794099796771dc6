import { agesOf, type AgedKey } from '../sync/age.js'
import type { SyncOptions } from '../sync/options.js'
import type { Result } from '../sync/result.js'
import { explainResult, type ExplainContext, type Reasons } from './explain.js'
import { notesOn, type Note } from './notes.js'
import { describePermission, type PermissionWords } from './permissions.js'

/** All that is said of a run: made once, and told in the log, the job summary, the outputs and the comment. */
export interface Report {
  readonly result: Result
  readonly reasons: Reasons
  /** What a reader has to know besides what became of each key. */
  readonly notes: readonly Note[]
  /** How old the values are; empty where that was not asked for. */
  readonly ages: readonly AgedKey[]
  /** Each principal of the input `permissions`, in words that can be shown. */
  readonly permissions: readonly PermissionWords[]
}

/** Makes the report of a run that ends now. */
export function makeReport(result: Result, options: SyncOptions, context: ExplainContext): Report {
  const { maxAgeDays } = options
  const ages = maxAgeDays === undefined ? [] : agesOf(result, maxAgeDays, Date.now())
  const { dryRun, permissions } = result
  return {
    result,
    reasons: explainResult(result, context),
    ages,
    permissions: permissions.map((each) => describePermission(each, { redactor: context.redactor, dryRun })),
    notes: notesOn(result, ages, options, context),
  }
}
