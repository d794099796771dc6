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
import { cancelOnSignal, unlessCancelled } from './report/cancellation.js'
import { describeInputErrors } from './report/describe-input-errors.js'
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
import { logSecretsUnavailable, renderSecretsUnavailable } from './report/secrets-unavailable.js'
import { registerPossibleMasks, planMasks, type MaskPlan } from './secrets/masks/mask-plan.js'
import { registerMasks } from './secrets/masks/register-masks.js'
import { Redactor } from './secrets/masks/redactor.js'
import { EMPTY_RESULT, succeeded, type Result } from './sync/result.js'
import { sync } from './sync/sync.js'
import { pullRequestWithoutSecrets } from './inputs/secrets-unavailable.js'

/**
 * The action: brings the map of secrets into the scope and tells what became of it.
 *
 * @returns True when all of it is there.
 */
export async function main(): Promise<boolean> {
  const start = monotonicMs()
  normalizeNoProxy(process.env)
  const cancelled = cancelOnSignal()

  // 1. Read and check the inputs. The masks come before anything that prints or can fail.
  const { inputs, errors, values, uncovered, summary, dryRun } = readAndMask(process.env)
  const pullRequest = readPullRequest(process.env)
  if (inputs === undefined) {
    const reported = setOutputs(EMPTY_RESULT, [])
    const withheld = pullRequestWithoutSecrets({ dryRun, pullRequest, errors })
    if (withheld !== undefined) {
      logSecretsUnavailable(withheld)
      if (summary) await writeSummary(renderSecretsUnavailable(withheld))
      return reported
    }
    const messages = describeInputErrors(errors)
    logInputErrors(messages, errors.length)
    if (summary) await writeSummary(renderInputErrors(messages))
    return false
  }

  // 2. Sign in.
  logStart(inputs)
  const redactor = new Redactor(values)
  const retries = new RetryLog()
  const traffic = new RequestScheduler(inputs.scheduler, inputs.host.origin, cancelled, retries.note)
  const signIn = createTokenSource(inputs.auth.authType, inputs.auth.settings, {
    host: inputs.host,
    send: traffic.send,
    cancelled,
    onToken: (token) => {
      registerMasks(planMasks([], [token]).masks)
      redactor.add(token)
    },
    azureCliEnv: () => environmentWithoutSecrets(process.env, values),
  })
  const client = new WorkspaceClient(inputs.host, signIn, traffic)
  const api = { secrets: new SecretsApi(client), identity: new IdentityApi(client) }

  let result: Result = { ...EMPTY_RESULT, dryRun }
  try {
    await signIn.token()

    // 3. See what is there, 4. plan, and 5. apply.
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
    traffic.close()
    retries.tell()
  }

  // 6. Report, and first to the steps that follow.
  const context = {
    origin: inputs.host.origin,
    workspaceUrl: describeHost(inputs.host),
    hostFromVariables: inputs.hostFromVariables,
    scope: inputs.scope.name,
    signIn: inputs.auth,
    cancelled: cancelled.aborted,
    permission: dryRun || inputs.secrets.length === 0 ? ('READ' as const) : ('WRITE' as const),
    redactor,
  }
  const report = makeReport(result, inputs.options, context)
  const reported = setOutputs(result, report.ages)
  logReport(report, { ...inputs, uncovered }, monotonicMs() - start)
  const markdown = renderReport(report, context)
  if (summary) await writeSummary(markdown)
  const { commentToken: token } = inputs
  const commented =
    token === undefined ||
    (!cancelled.aborted &&
      (await unlessCancelled(
        comment(markdown, {
          env: process.env,
          dryRun,
          pullRequest,
          token,
          host: inputs.host,
          scope: inputs.scope.name,
          redactor,
          cancelled,
        }),
        cancelled,
      )))
  // Also after a signal that came when all was done: the log has said that the run is cancelled.
  return reported && commented && succeeded(result) && !cancelled.aborted
}

/** Most runs write no comment, so what does it is in a file of its own in dist. One that is missing is an error of the run. */
const comment: typeof commentOnPullRequest = async (...all) => {
  const { commentOnPullRequest } = await import('./report/pull-request-comment.js')
  return await commentOnPullRequest(...all)
}

/** Reads the inputs and masks all values, also if something unexpected happens meanwhile. */
function readAndMask(env: NodeJS.ProcessEnv): ParsedInputs & Pick<MaskPlan, 'uncovered'> {
  try {
    const reading = readInputs(env)
    const { masks, uncovered } = planMasks(reading.masked.secrets, reading.masked.credentials)
    registerMasks(masks)
    return { ...reading, uncovered }
  } catch (error) {
    const { secrets, credentials } = readValuesOnly(env)
    registerPossibleMasks(secrets, credentials)
    throw error
  }
}
