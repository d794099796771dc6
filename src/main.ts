import { withoutSecrets } from './databricks/auth/azure-cli.js'
import { openSignIn } from './databricks/auth/open-sign-in.js'
import { HttpExchange } from './databricks/http-exchange.js'
import { SecretsApi } from './databricks/secrets-api.js'
import { WorkspaceClient } from './databricks/workspace-client.js'
import { readInputs } from './inputs.js'
import { readPullRequest } from './pull-request.js'
import { explainFaults } from './report/explain-faults.js'
import { explainResult } from './report/explain.js'
import { describeHost, logFaults, logResult, logScope, logStart } from './report/log.js'
import { setOutputs } from './report/outputs.js'
import { commentOnPullRequest } from './report/pull-request-comment.js'
import { renderFaults, renderResult, writeSummary } from './report/summary.js'
import { logWithheld, renderWithheld } from './report/withheld.js'
import { planMasks, registerMasks } from './secrets/masks.js'
import { Redactor } from './secrets/redactor.js'
import { applyPlan } from './sync/apply.js'
import { makePlan } from './sync/plan.js'
import { succeeded, type Result } from './sync/result.js'
import { openScope } from './sync/scope.js'
import { pullRequestWithoutSecrets } from './withheld-secrets.js'

/**
 * The action: brings the map of secrets into the scope and tells what became of it.
 *
 * @returns True when all of it is there.
 */
export async function main(): Promise<boolean> {
  const start = performance.now()

  // 1. Read and check the inputs. The masks come before anything that prints or can fail.
  const { inputs, faults, values, summary, dryRun } = readInputs(process.env)
  registerMasks(planMasks(values))
  const pullRequest = readPullRequest(process.env)
  if (inputs === undefined) {
    const reported = setOutputs({ scope: undefined, keys: [] })
    const withheld = pullRequestWithoutSecrets({ dryRun, pullRequest, faults })
    if (withheld !== undefined) {
      logWithheld(withheld)
      if (summary) await writeSummary(renderWithheld(withheld))
      return reported
    }
    const messages = explainFaults(faults)
    logFaults(messages, faults.length)
    if (summary) await writeSummary(renderFaults(messages))
    return false
  }

  // 2. Sign in.
  logStart(inputs)
  const redactor = new Redactor(values)
  const http = new HttpExchange()
  const signIn = openSignIn(inputs.signIn.authType, inputs.signIn.settings, {
    host: inputs.host,
    send: http.send,
    onToken: (token) => {
      registerMasks(planMasks([token]))
      redactor.add(token)
    },
    azureCliEnv: () => withoutSecrets(process.env, values),
  })
  const api = new SecretsApi(new WorkspaceClient(inputs.host, signIn, http.send))

  let result: Result = { scope: undefined, keys: [] }
  try {
    await signIn.token()

    // 3. Find the scope, or create it.
    const scope = await openScope(api, inputs.scope)
    result = { ...result, scope }
    logScope(scope)

    // 4. Plan, and 5. apply.
    if (!dryRun) result = { scope, keys: await applyPlan(api, makePlan(inputs.secrets, scope)) }
  } catch (error) {
    result = { ...result, stoppedBy: error }
  } finally {
    http.close()
  }

  // 6. Report, and first to the steps that follow.
  const context = {
    origin: inputs.host.origin,
    workspaceUrl: describeHost(inputs.host),
    scope: inputs.scope.name,
    redactor,
  }
  const reported = setOutputs(result)
  const reasons = explainResult(result, context)
  logResult(result, reasons, performance.now() - start)
  const markdown = renderResult(result, reasons, context)
  if (summary) await writeSummary(markdown)
  const { commentToken: token } = inputs
  const commented =
    token === undefined ||
    (await commentOnPullRequest(markdown, {
      env: process.env,
      dryRun,
      pullRequest,
      token,
      host: inputs.host,
      scope: inputs.scope.name,
      redactor,
    }))
  return reported && commented && succeeded(result)
}
