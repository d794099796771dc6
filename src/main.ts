import type { ConsumerSearch } from './consumers/consumer.js'
import { environmentWithoutSecrets } from './databricks/auth/azure-cli.js'
import { createTokenSource } from './databricks/auth/create-token-source.js'
import { monotonicMs } from './databricks/http/clock.js'
import { RequestScheduler } from './databricks/http/request-scheduler.js'
import { WorkspaceClient } from './databricks/workspace-client.js'
import { normalizeNoProxy } from './inputs/node-environment.js'
import {
  isForPullRequest,
  isPrivateRepository,
  readPullRequest,
  type PullRequestEvent,
} from './inputs/pull-request.js'
import { readInputs, readValuesOnly, type Inputs, type ParsedInputs } from './inputs/read-inputs.js'
import { pullRequestWithoutSecrets } from './inputs/secrets-unavailable.js'
import { identityOf } from './report/auth-identity.js'
import { cancelOnSignal, unlessCancelled } from './report/cancellation.js'
import {
  describeHost,
  logCoverage,
  logCreation,
  logDeletes,
  logPlan,
  logStart,
} from './report/log-progress.js'
import type { PullRequestCommentContext } from './report/pull-request-comment.js'
import { RetryLog } from './report/retry-log.js'
import { troubleshootingLink } from './report/troubleshooting-link.js'
import type { SecretValue } from './secret-value.js'
import { registerPossibleMasks, planMasks, type MaskPlan } from './secrets/masks/mask-plan.js'
import { Redactor } from './secrets/masks/redactor.js'
import { registerMasks } from './secrets/masks/register-masks.js'
import type { SearchForConsumers } from './sync/keys-in-use.js'
import { connectTargets } from './sync/connect-targets.js'
import type { Plan } from './sync/plan.js'
import { emptyTargetResult, EMPTY_RESULT, succeeded, type Result } from './sync/result.js'
import { sync } from './sync/sync.js'

/**
 * Runs the action: writes the map of secrets to the scope and reports the result.
 *
 * @returns True if everything was done.
 */
export async function main(): Promise<boolean> {
  const start = monotonicMs()
  const { env } = process
  normalizeNoProxy(env)
  const cancelled = cancelOnSignal()

  // 1. Read and check the inputs. Register the masks before anything else can print or fail.
  const parsed = await readAndMask(env)
  const redactor = new Redactor(parsed.values)
  const pullRequest = readPullRequest(env)
  const { inputs } = parsed
  if (inputs === undefined) return await reportInputErrors(parsed, pullRequest, redactor, env, cancelled)
  const forPullRequest = isForPullRequest(env)
  logStart(inputs, forPullRequest)

  // 2. Authenticate.
  const retries = new RetryLog()
  const scheduler = new RequestScheduler(inputs.scheduler, inputs.host.origin, cancelled, retries.add)
  const tokenSource = createTokenSource(inputs.auth.authType, inputs.auth.settings, {
    host: inputs.host,
    send: scheduler.send,
    cancelled,
    onToken: (token) => {
      registerMasks(planMasks([], [token]).masks)
      redactor.add(token)
    },
    azureCliEnv: () => environmentWithoutSecrets(env, parsed.values),
  })
  const client = new WorkspaceClient(inputs.host, tokenSource, scheduler)
  const { targets, dryRun } = inputs
  let result: Result = { dryRun, targets: targets.map(emptyTargetResult) }
  try {
    await tokenSource.token()

    // 3. Read the current state, 4. plan, and 5. apply.
    const connected = await connectTargets(targets, client)
    const search = await loadConsumerSearch(inputs, parsed.values, client, env, cancelled)
    const progress = {
      onPlan: (plan: Plan) => {
        logPlan(plan, dryRun)
      },
      onSearch: (search: ConsumerSearch) => {
        logCoverage(search, redactor)
      },
      onCreation: logCreation,
      onDelete: logDeletes,
    }
    // After the requests that `sync` starts with, so that the code for the report is read while the workspace answers.
    setImmediate(preloadReport)
    result = await sync(connected, dryRun, progress, search)
  } catch (error) {
    result = { ...result, stoppedBy: error }
  } finally {
    scheduler.close()
    retries.report()
  }

  // 6. Report. The outputs come first.
  const lazyReport = await loadReport()
  const { makeReport, setOutputs, logReport, writeSummary, renderReport, COMMENT_LIMIT } = lazyReport
  const qualifiesKeys = inputs.config !== undefined
  const showsNames = isPrivateRepository(env)
  const context = {
    ...describeRun(inputs),
    isForPullRequest: forPullRequest,
    qualifiesKeys,
    showsNames,
    cancelled: cancelled.aborted,
    redactor,
    env,
  }
  const report = makeReport(result, context)
  const { link } = report
  const reported = setOutputs(result, report, () =>
    link ? undefined : troubleshootingLink('outputs', env, redactor),
  )
  logReport(report, { ...inputs, uncovered: parsed.uncovered }, monotonicMs() - start)
  if (parsed.summary) await writeSummary(renderReport(report, context))
  const commented = await comment(
    lazyReport,
    () => renderReport(report, context, COMMENT_LIMIT, 'comment'),
    inputs.commentToken,
    {
      env,
      dryRun,
      pullRequest,
      host: inputs.host,
      commentKey: inputs.config ?? targets.map(({ store }) => store.name),
      redactor,
      cancelled,
      summary: parsed.summary,
      hasLink: link !== undefined || !reported,
    },
  )
  // Also if the job was cancelled after everything was done, because the log already says that it was cancelled.
  return reported && commented && succeeded(result) && !cancelled.aborted
}

/**
 * Reports input errors, before any request to the workspace, also in the comment of a dry run, where an older plan would
 * stay otherwise. A dry run for a pull request that gets no secrets from GitHub has no errors of its own.
 *
 * @returns True if the step succeeds.
 */
async function reportInputErrors(
  { errors, dryRun, summary, commentAfterErrors }: ParsedInputs,
  pullRequest: PullRequestEvent,
  redactor: Redactor,
  env: NodeJS.ProcessEnv,
  cancelled: AbortSignal,
): Promise<boolean> {
  const { NO_TARGETS, setOutputs, writeSummary, ...lazyReport } = await loadReport()
  const withoutSecrets = pullRequestWithoutSecrets({ dryRun, pullRequest, errors })
  if (withoutSecrets !== undefined) {
    const reported = setOutputs(EMPTY_RESULT, NO_TARGETS, () => troubleshootingLink('outputs', env, redactor))
    lazyReport.logSecretsUnavailable(withoutSecrets)
    if (summary) await writeSummary(lazyReport.renderSecretsUnavailable(withoutSecrets))
    return reported
  }
  setOutputs(EMPTY_RESULT, NO_TARGETS, () => undefined)
  const messages = lazyReport.describeInputErrors(errors)
  const links = lazyReport.inputErrorKinds(errors).map((kind) => troubleshootingLink(kind, env, redactor))
  lazyReport.logInputErrors(messages, links, errors.length)
  if (summary) await writeSummary(lazyReport.renderInputErrors(messages, links))
  // A fork has no comment, because GitHub gives it a read-only token.
  if (commentAfterErrors !== undefined && !('fromFork' in pullRequest && pullRequest.fromFork)) {
    await comment(lazyReport, () => lazyReport.renderNoPlan(env), commentAfterErrors.token, {
      ...commentAfterErrors,
      env,
      dryRun: true,
      pullRequest,
      redactor,
      cancelled,
      summary,
      hasLink: true,
    })
  }
  return false
}

/** What the report says about the run itself. */
function describeRun({ host, hostFromVariables, auth }: Inputs) {
  return {
    origin: host.origin,
    workspaceUrl: describeHost(host),
    hostFromVariables,
    identity: identityOf(auth),
    auth,
  }
}

/** Loads the code that a run needs only at its end, or after input errors. */
async function loadReport() {
  return await import('./report/lazy-report.js')
}

/** Loads the same early. An error is left to the call that needs the code. */
function preloadReport(): void {
  loadReport().catch(() => undefined)
}

/**
 * Loads the search for consumers, if a target asks for it.
 *
 * @throws {Error} if its code cannot be loaded.
 */
async function loadConsumerSearch(
  { targets }: Pick<Inputs, 'targets'>,
  values: readonly SecretValue[],
  client: WorkspaceClient,
  env: NodeJS.ProcessEnv,
  cancelled: AbortSignal,
): Promise<SearchForConsumers | undefined> {
  if (!targets.some(({ options }) => options.consumers)) return undefined
  const { searchConsumers } = await import('./consumers/search-consumers.js')
  const isPrintableName = (key: string): boolean => targets.every((target) => target.isPrintableName(key))
  const workspaceFolder = env['GITHUB_WORKSPACE']
  return async (scopes) =>
    await searchConsumers(client, { scopes, values, isPrintableName, workspaceFolder, cancelled })
}

/**
 * Writes the comment, if the inputs give a token for it.
 *
 * @returns False if the comment is not written.
 */
async function comment(
  { commentOnPullRequest }: Pick<Awaited<ReturnType<typeof loadReport>>, 'commentOnPullRequest'>,
  render: () => string,
  token: SecretValue | undefined,
  context: Omit<PullRequestCommentContext, 'token'>,
): Promise<boolean> {
  if (token === undefined) return true
  if (context.cancelled.aborted) return false
  return await unlessCancelled(commentOnPullRequest(render(), { ...context, token }), context.cancelled)
}

/** Reads the inputs and masks all values, even if an unexpected error occurs. */
async function readAndMask(env: NodeJS.ProcessEnv): Promise<ParsedInputs & Pick<MaskPlan, 'uncovered'>> {
  try {
    const parsed = await readInputs(env)
    const { masks, uncovered } = planMasks(parsed.masked.secrets, parsed.masked.credentials)
    registerMasks(masks)
    return { ...parsed, uncovered }
  } catch (error) {
    const { secrets, credentials } = await readValuesOnly(env)
    registerPossibleMasks(secrets, credentials)
    throw error
  }
}
