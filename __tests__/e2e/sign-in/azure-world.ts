import { EmulatedEntra } from '../../../emulator/entra.js'
import { EmulatedGitHub } from '../../../emulator/github.js'
import { TlsFront } from '../../../emulator/tls-front.js'
import { EmulatedWorkspace } from '../../../emulator/workspace.js'
import type { Step, StepResult } from '../../runner/step.js'
import { CLIENT_ID, SUBJECT, signInTo } from './service-principal.js'

/** The tenant of the application. */
export const TENANT = '00000000-0000-4000-8000-00000000007e'

/** The client secret of the application. */
export const SECRET = 'fake-entra-secret'

/** Workspaces in each cloud of Azure, Entra ID, and the GitHub whose job the application trusts. */
export interface AzureWorld {
  readonly entra: EmulatedEntra
  readonly github: EmulatedGitHub
  readonly workspace: EmulatedWorkspace
  /** The TLS server that stands for the internet. */
  readonly front: TlsFront
  close(): Promise<void>
}

/** Starts one. */
export async function startAzureWorld(): Promise<AzureWorld> {
  const github = await EmulatedGitHub.start({ subject: SUBJECT })
  const { issuer, jwksUri } = github
  const federated = { issuer, subject: SUBJECT, audience: 'api://AzureADTokenExchange', jwksUri }
  const entra = await EmulatedEntra.start({
    tenantId: TENANT,
    apps: [{ clientId: CLIENT_ID, clientSecrets: [SECRET], federatedCredentials: [federated] }],
  })
  const workspace = await EmulatedWorkspace.start({
    servicePrincipals: [{ applicationId: CLIENT_ID }],
    entra,
  })
  const names = ['adb-1.2.azuredatabricks.net', 'adb-1.2.databricks.azure.us', 'adb-1.2.databricks.azure.cn']
  const logins = ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.chinacloudapi.cn']
  const front = await TlsFront.start({
    ...Object.fromEntries(names.map((name) => [name, workspace.url])),
    ...Object.fromEntries(logins.map((name) => [name, entra.url])),
  })
  return {
    entra,
    github,
    workspace,
    front,
    async close() {
      await Promise.all([front.close(), workspace.close(), entra.close(), github.close()])
    },
  }
}

/** Authenticates on Azure as the application, with these inputs in addition to its id and tenant. */
export async function signInOnAzure(
  { workspace, front }: AzureWorld,
  inputs: Record<string, string>,
  variables: Record<string, string> = {},
  host = 'https://adb-1.2.azuredatabricks.net',
): Promise<StepResult> {
  // An authenticated proxy makes Node warn; this one is not.
  const step: Step = { runnerVariables: { ...front.variables, no_proxy: '127.0.0.1', ...variables } }
  return await signInTo({ workspace }, { host, ...inputs }, step)
}

/** The inputs that identify the application. */
export const APPLICATION = { 'azure-client-id': CLIENT_ID, 'azure-tenant-id': TENANT }
