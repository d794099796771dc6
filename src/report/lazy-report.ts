import type { commentOnPullRequest as writeComment } from './pull-request-comment.js'

/*
 * What a run needs only at its end, or after input errors. `main.ts` imports this file on demand, so that no run waits for it
 * before the first request.
 */

export { describeInputErrors } from './describe-input-errors.js'
export { inputErrorKinds } from './input-error-kinds.js'
export { logInputErrors, logReport } from './log.js'
export { COMMENT_LIMIT } from './markdown.js'
export { NO_TARGETS, setOutputs } from './outputs.js'
export { makeReport } from './report.js'
export { logSecretsUnavailable, renderSecretsUnavailable } from './secrets-unavailable.js'
export { renderInputErrors, renderNoPlan, renderReport, writeSummary } from './summary.js'

/** Loads the code for comments, which only a run with a token for them needs, and writes the comment. */
export const commentOnPullRequest: typeof writeComment = async (...args) => {
  const comments = await import('./pull-request-comment.js')
  return await comments.commentOnPullRequest(...args)
}
