import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

import { getInput } from '@actions/core'

import type { GitHubTokenSource } from './databricks/auth/github-token.js'
import type { Setting, SignInSettings } from './databricks/auth/sign-in-settings.js'
import { SecretValue } from './secret-value.js'

/** What was said about signing in. */
export interface SignInReading {
  readonly settings: SignInSettings
  /** Every credential among them, used or not: to be masked before anything is printed. */
  readonly credentials: readonly SecretValue[]
}

/** The inputs that have a variable to stand in for them. */
const VARIABLES = {
  'auth-type': 'DATABRICKS_AUTH_TYPE',
  token: 'DATABRICKS_TOKEN',
  'client-id': 'DATABRICKS_CLIENT_ID',
  'client-secret': 'DATABRICKS_CLIENT_SECRET',
  'token-audience': 'DATABRICKS_TOKEN_AUDIENCE',
  'azure-client-id': 'ARM_CLIENT_ID',
  'azure-client-secret': 'ARM_CLIENT_SECRET',
  'azure-tenant-id': 'ARM_TENANT_ID',
} as const

/** Reads all inputs and variables about signing in; which of them are used is decided elsewhere. */
export function readSignIn(
  env: NodeJS.ProcessEnv,
  fault: (input: string, message: string) => void,
): SignInReading {
  const credentials: SecretValue[] = []
  const secret = (
    setting: Setting<string> | undefined,
    message: string,
  ): Setting<SecretValue> | undefined => {
    if (setting === undefined) return undefined
    // What a header may hold: anything else cannot be a token, and Node would refuse it later and less clearly.
    if (!/^[\x21-\x7e]+$/.test(setting.value)) fault(setting.source, message)
    const value = new SecretValue(setting.value)
    credentials.push(value)
    return { ...setting, value }
  }
  const oidcVariable = variable(env, 'DATABRICKS_OIDC_TOKEN_ENV') || 'DATABRICKS_OIDC_TOKEN'
  const found = {
    authType: read(env, 'auth-type'),
    token: secret(read(env, 'token'), BAD_TOKEN),
    clientId: read(env, 'client-id'),
    clientSecret: secret(read(env, 'client-secret'), BAD_SECRET),
    tokenAudience: read(env, 'token-audience'),
    azureClientId: read(env, 'azure-client-id'),
    azureClientSecret: secret(read(env, 'azure-client-secret'), BAD_SECRET),
    azureTenantId: read(env, 'azure-tenant-id'),
    oidcToken: secret(fromVariable(env, oidcVariable), BAD_TOKEN),
    oidcTokenFile: fromVariable(env, 'DATABRICKS_OIDC_TOKEN_FILEPATH'),
    github: readGitHub(env, credentials),
    azureCliProfile: existsSync(
      path.join(variable(env, 'AZURE_CONFIG_DIR') || path.join(homedir(), '.azure'), 'azureProfile.json'),
    ),
  }
  const given = Object.entries(found).filter(([, setting]) => setting !== undefined)
  return { settings: Object.fromEntries(given), credentials }
}

const BAD_TOKEN = 'holds a blank, a line break or a character that no token has. Paste the token alone'

const BAD_SECRET =
  'holds a blank, a line break or a character that no secret of a client has. Paste the secret alone'

function read(env: NodeJS.ProcessEnv, input: keyof typeof VARIABLES): Setting<string> | undefined {
  const value = getInput(input)
  return value === '' ? fromVariable(env, VARIABLES[input]) : { value, source: input, from: 'input' }
}

function fromVariable(env: NodeJS.ProcessEnv, name: string): Setting<string> | undefined {
  const value = variable(env, name)
  return value === '' ? undefined : { value, source: name, from: 'variable' }
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  return env[name]?.trim() ?? ''
}

/** The runner sets both for a job that has the permission, and neither for others. */
function readGitHub(env: NodeJS.ProcessEnv, credentials: SecretValue[]): GitHubTokenSource | undefined {
  const url = variable(env, 'ACTIONS_ID_TOKEN_REQUEST_URL')
  const token = variable(env, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN')
  if (url === '' || token === '') return undefined
  const requestToken = new SecretValue(token)
  credentials.push(requestToken)
  return { url, requestToken }
}
