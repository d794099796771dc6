import { withoutSecrets } from './databricks/auth/azure-cli.js'
import { openSignIn } from './databricks/auth/open-sign-in.js'
import { SecretsApi } from './databricks/secrets-api.js'
import { Traffic } from './databricks/traffic.js'
import { WorkspaceClient } from './databricks/workspace-client.js'
import { readInputs } from './inputs.js'
import { cancelOnSignal } from './report/cancellation.js'
import { explainFaults } from './report/explain-faults.js'
import { explainResult } from './report/explain.js'
import { describeHost, logFaults, logResult, logScope, logStart } from './report/log.js'
import { setOutputs } from './report/outputs.js'
import { RetryLog } from './report/retries.js'
import { renderFaults, renderResult, writeSummary } from './report/summary.js'
import { planMasks, registerMasks } from './secrets/masks.js'
import { Redactor } from './secrets/redactor.js'
import { applyPlan } from './sync/apply.js'
import { makePlan } from './sync/plan.js'
import { succeeded, type Result } from './sync/result.js'
import { openScope } from './sync/scope.js'

/**
 * The action: brings the map of secrets into the scope and tells what became of it.
 *
 * @returns True when all of it is there.
 */
export async function main(): Promise<boolean> {
  const start = performance.now()
  const cancelled = cancelOnSignal()

  // 1. Read and check the inputs. The masks come before anything that prints or can fail.
  const { inputs, faults, values, summary } = readInputs(process.env)
  registerMasks(planMasks(values))
  if (inputs === undefined) {
    setOutputs({ scope: undefined, keys: [] })
    const messages = explainFaults(faults)
    logFaults(messages, faults.length)
    if (summary) await writeSummary(renderFaults(messages))
    return false
  }

  // 2. Sign in.
  logStart(inputs)
  const redactor = new Redactor(values)
  const retries = new RetryLog()
  const traffic = new Traffic(inputs.traffic, inputs.host.origin, cancelled, retries.note)
  const signIn = openSignIn(inputs.signIn.authType, inputs.signIn.settings, {
    host: inputs.host,
    send: traffic.send,
    cancelled,
    onToken: (token) => {
      registerMasks(planMasks([token]))
      redactor.add(token)
    },
    azureCliEnv: () => withoutSecrets(process.env, values),
  })
  const api = new SecretsApi(new WorkspaceClient(inputs.host, signIn, traffic))

  let result: Result = { scope: undefined, keys: [] }
  try {
    await signIn.token()

    // 3. Find the scope, or create it.
    const scope = await openScope(api, inputs.scope)
    result = { ...result, scope }
    logScope(scope)

    // 4. Plan, and 5. apply.
    result = { scope, keys: await applyPlan(api, makePlan(inputs.secrets, scope)) }
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
    scope: inputs.scope.name,
    redactor,
  }
  const reported = setOutputs(result)
  const reasons = explainResult(result, context)
  logResult(result, reasons, performance.now() - start)
  if (summary) await writeSummary(renderResult(result, reasons, context))
  return reported && succeeded(result) && !cancelled.aborted
}
