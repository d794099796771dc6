import { environmentWithoutSecrets } from './databricks/auth/azure-cli.js'
import { createTokenSource } from './databricks/auth/create-token-source.js'
import { IdentityApi } from './databricks/identity-api.js'
import { SecretsApi } from './databricks/secrets-api.js'
import { RequestScheduler } from './databricks/http/request-scheduler.js'
import { WorkspaceClient } from './databricks/workspace-client.js'
import { readInputs, readValuesOnly, type ParsedInputs } from './inputs/read-inputs.js'
import { monotonicMs } from './databricks/http/clock.js'
import { normalizeNoProxy } from './inputs/node-environment.js'
import { readPullRequest } from './inputs/pull-request.js'
import { identityOf } from './report/auth-identity.js'
import { cancelOnSignal, unlessCancelled } from './report/cancellation.js'
import { describeInputErrors } from './report/describe-input-errors.js'
import { inputErrorKinds } from './report/input-error-kinds.js'
import {
  describeHost,
  logCreation,
  logDeletes,
  logInputErrors,
  logPlan,
  logReport,
  logStart,
} from './report/log.js'
import { setOutputs } from './report/outputs.js'
import type { commentOnPullRequest } from './report/pull-request-comment.js'
import { makeReport } from './report/report.js'
import { RetryLog } from './report/retry-log.js'
import { renderInputErrors, renderReport, writeSummary } from './report/summary.js'
import { troubleshootingLink } from './report/troubleshooting-link.js'
import { logSecretsUnavailable, renderSecretsUnavailable } from './report/secrets-unavailable.js'
import { registerPossibleMasks, planMasks, type MaskPlan } from './secrets/masks/mask-plan.js'
import { registerMasks } from './secrets/masks/register-masks.js'
import { Redactor } from './secrets/masks/redactor.js'
import { EMPTY_RESULT, succeeded, type Result } from './sync/result.js'
import { sync } from './sync/sync.js'
import { pullRequestWithoutSecrets } from './inputs/secrets-unavailable.js'

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
  const { inputs, errors, values, uncovered, summary, dryRun } = readAndMask(env)
  const pullRequest = readPullRequest(env)
  if (inputs === undefined) {
    const redactor = new Redactor(values)
    const withoutSecrets = pullRequestWithoutSecrets({ dryRun, pullRequest, errors })
    if (withoutSecrets !== undefined) {
      const reported = setOutputs(EMPTY_RESULT, [], troubleshootingLink('outputs', env, redactor))
      logSecretsUnavailable(withoutSecrets)
      if (summary) await writeSummary(renderSecretsUnavailable(withoutSecrets))
      return reported
    }
    setOutputs(EMPTY_RESULT, [], undefined)
    const messages = describeInputErrors(errors)
    const links = inputErrorKinds(errors).map((kind) => troubleshootingLink(kind, env, redactor))
    logInputErrors(messages, links, errors.length)
    if (summary) await writeSummary(renderInputErrors(messages, links))
    return false
  }

  // 2. Sign in.
  logStart(inputs)
  const redactor = new Redactor(values)
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
    azureCliEnv: () => environmentWithoutSecrets(env, values),
  })
  const client = new WorkspaceClient(inputs.host, tokenSource, scheduler)
  const api = { secrets: new SecretsApi(client), identity: new IdentityApi(client) }

  let result: Result = { ...EMPTY_RESULT, dryRun }
  try {
    await tokenSource.token()

    // 3. Read the current state, 4. plan, and 5. apply.
    result = await sync(api, inputs, {
      onPlan: (plan) => {
        logPlan(plan, dryRun)
      },
      onCreation: logCreation,
      onDelete: logDeletes,
    })
  } catch (error) {
    result = { ...result, stoppedBy: error }
  } finally {
    scheduler.close()
    retries.report()
  }

  // 6. Report. The outputs come first.
  const context = {
    origin: inputs.host.origin,
    workspaceUrl: describeHost(inputs.host),
    hostFromVariables: inputs.hostFromVariables,
    scope: inputs.scope.name,
    firstKey: inputs.secrets[0]?.key,
    identity: identityOf(inputs.auth),
    auth: inputs.auth,
    cancelled: cancelled.aborted,
    permission: dryRun || inputs.secrets.length === 0 ? ('READ' as const) : ('WRITE' as const),
    redactor,
    env,
  }
  const report = makeReport(result, inputs.options, context)
  const { link } = report
  const reported = setOutputs(
    result,
    report.ages,
    link ? undefined : troubleshootingLink('outputs', env, redactor),
  )
  logReport(report, { ...inputs, uncovered }, monotonicMs() - start)
  const markdown = renderReport(report, context)
  if (summary) await writeSummary(markdown)
  const { commentToken: token } = inputs
  const commented =
    token === undefined ||
    (!cancelled.aborted &&
      (await unlessCancelled(
        comment(markdown, {
          env,
          dryRun,
          pullRequest,
          token,
          host: inputs.host,
          scope: inputs.scope.name,
          redactor,
          cancelled,
          summary,
          hasLink: link !== undefined || !reported,
        }),
        cancelled,
      )))
  // Also if the job was cancelled after everything was done, because the log already says that it was cancelled.
  return reported && commented && succeeded(result) && !cancelled.aborted
}

/** Loads the code for comments only when a comment is wanted: most runs write none. */
const comment: typeof commentOnPullRequest = async (...all) => {
  const { commentOnPullRequest } = await import('./report/pull-request-comment.js')
  return await commentOnPullRequest(...all)
}

/** Reads the inputs and masks all values, even if an unexpected error occurs. */
function readAndMask(env: NodeJS.ProcessEnv): ParsedInputs & Pick<MaskPlan, 'uncovered'> {
  try {
    const parsed = readInputs(env)
    const { masks, uncovered } = planMasks(parsed.masked.secrets, parsed.masked.credentials)
    registerMasks(masks)
    return { ...parsed, uncovered }
  } catch (error) {
    const { secrets, credentials } = readValuesOnly(env)
    registerPossibleMasks(secrets, credentials)
    throw error
  }
}
