import { withoutSecrets } from './databricks/auth/azure-cli.js'
import { openSignIn } from './databricks/auth/open-sign-in.js'
import { HttpExchange } from './databricks/http-exchange.js'
import { IdentityApi } from './databricks/identity-api.js'
import { SecretsApi } from './databricks/secrets-api.js'
import { WorkspaceClient } from './databricks/workspace-client.js'
import { readInputs } from './inputs.js'
import { explainFaults } from './report/explain-faults.js'
import {
  describeHost,
  logCreation,
  logDeletes,
  logFaults,
  logPlan,
  logReport,
  logStart,
} from './report/log.js'
import { setOutputs } from './report/outputs.js'
import { makeReport } from './report/report.js'
import { renderFaults, renderReport, writeSummary } from './report/summary.js'
import { planMasks, registerMasks } from './secrets/masks.js'
import { Redactor } from './secrets/redactor.js'
import { NOTHING_YET, succeeded, type Result } from './sync/result.js'
import { sync } from './sync/sync.js'

/**
 * The action: brings the map of secrets into the scope and tells what became of it.
 *
 * @returns True when all of it is there.
 */
export async function main(): Promise<boolean> {
  const start = performance.now()

  // 1. Read and check the inputs. The masks come before anything that prints or can fail.
  const { inputs, faults, values, summary } = readInputs(process.env)
  registerMasks(planMasks(values))
  if (inputs === undefined) {
    setOutputs(NOTHING_YET, [])
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
  const client = new WorkspaceClient(inputs.host, signIn, http.send)
  const api = { secrets: new SecretsApi(client), identity: new IdentityApi(client) }

  let result: Result = { ...NOTHING_YET, dryRun: inputs.options.dryRun }
  try {
    await signIn.token()

    // 3. See what is there, 4. plan, and 5. apply.
    result = await sync(api, inputs, {
      onPlan: (plan) => {
        logPlan(plan, inputs.options.dryRun)
      },
      onCreation: logCreation,
      onDelete: logDeletes,
    })
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
  const report = makeReport(result, inputs.options, context)
  const reported = setOutputs(result, report.ages)
  logReport(report, performance.now() - start)
  if (summary) await writeSummary(renderReport(report, context))
  return reported && succeeded(result)
}
