import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

import { getInput } from '@actions/core'

import type { GitHubOidcEndpoint } from '../databricks/auth/github-token.js'
import type { AuthSetting, AuthSettings } from '../databricks/auth/auth-settings.js'
import { SecretValue } from '../secret-value.js'

/** What was said about signing in. */
export interface ParsedAuthInputs {
  readonly settings: AuthSettings
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
export function readAuthInputs(
  env: NodeJS.ProcessEnv,
  addError: (input: string, message: string) => void,
): ParsedAuthInputs {
  const credentials: SecretValue[] = []
  const text = (setting: AuthSetting<string> | undefined): AuthSetting<string> | undefined => {
    if (setting !== undefined && isQuoted(setting.value)) addError(setting.source, IN_QUOTES)
    return setting
  }
  const secret = (
    setting: AuthSetting<string> | undefined,
    message: string,
  ): AuthSetting<SecretValue> | undefined => {
    if (setting === undefined) return undefined
    const value = new SecretValue(setting.value)
    credentials.push(value)
    // What a header may hold: anything else cannot be a token, and Node would refuse it later and less clearly.
    if (isQuoted(setting.value)) {
      if (setting.value.length > 2) credentials.push(new SecretValue(setting.value.slice(1, -1)))
      addError(setting.source, IN_QUOTES)
    } else if (!/^[\x21-\x7e]+$/.test(setting.value)) addError(setting.source, message)
    return { ...setting, value }
  }
  const oidcVariable = variable(env, 'DATABRICKS_OIDC_TOKEN_ENV') || 'DATABRICKS_OIDC_TOKEN'
  const found: { [Name in Exclude<keyof AuthSettings, 'azureCliProfile'>]: AuthSettings[Name] | undefined } =
    {
      authType: read(env, 'auth-type'),
      token: secret(read(env, 'token'), BAD_TOKEN),
      clientId: text(read(env, 'client-id')),
      clientSecret: secret(read(env, 'client-secret'), BAD_SECRET),
      tokenAudience: text(read(env, 'token-audience')),
      azureClientId: text(read(env, 'azure-client-id')),
      azureClientSecret: secret(read(env, 'azure-client-secret'), BAD_SECRET),
      azureTenantId: text(read(env, 'azure-tenant-id')),
      oidcToken: secret(fromVariable(env, oidcVariable), BAD_TOKEN),
      oidcTokenFile: text(fromVariable(env, 'DATABRICKS_OIDC_TOKEN_FILEPATH')),
      github: readGitHub(env, credentials),
      profileVariable: PROFILE_VARIABLES.find((name) => variable(env, name) !== ''),
    }
  const given = Object.entries(found).filter(([, setting]) => setting !== undefined)
  const settings: AuthSettings = Object.fromEntries(given)
  return {
    settings:
      settings.authType?.value === 'azure-cli'
        ? { ...settings, azureCliProfile: hasAzureCliProfile(env) }
        : settings,
    credentials,
  }
}

/** What Databricks' own tools find a configuration profile by. */
const PROFILE_VARIABLES = ['DATABRICKS_CONFIG_PROFILE', 'DATABRICKS_CONFIG_FILE']

/** Quotes belong to the language of a file that a value was copied from; no credential or id begins and ends with them. */
function isQuoted(text: string): boolean {
  return text.length > 1 && /^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text)
}

const IN_QUOTES = 'is in quotes. Store it without them'

/** Whether somebody has signed in with the Azure CLI. Where nobody can say where its files are, that is for `az` to say. */
function hasAzureCliProfile(env: NodeJS.ProcessEnv): boolean {
  const folder = variable(env, 'AZURE_CONFIG_DIR')
  try {
    return existsSync(path.join(folder === '' ? path.join(homedir(), '.azure') : folder, 'azureProfile.json'))
  } catch {
    // No HOME, and a user id without an entry of its own, as in some containers.
    return true
  }
}

const BAD_TOKEN = 'holds a blank, a line break or a character that no token has. Paste the token alone'

const BAD_SECRET =
  'holds a blank, a line break or a character that no secret of a client has. Paste the secret alone'

function read(env: NodeJS.ProcessEnv, input: keyof typeof VARIABLES): AuthSetting<string> | undefined {
  const value = getInput(input)
  return value === '' ? fromVariable(env, VARIABLES[input]) : { value, source: input, from: 'input' }
}

function fromVariable(env: NodeJS.ProcessEnv, name: string): AuthSetting<string> | undefined {
  const value = variable(env, name)
  return value === '' ? undefined : { value, source: name, from: 'variable' }
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  return env[name]?.trim() ?? ''
}

/** The runner sets both for a job that has the permission, and neither for others. */
function readGitHub(env: NodeJS.ProcessEnv, credentials: SecretValue[]): GitHubOidcEndpoint | undefined {
  const url = variable(env, 'ACTIONS_ID_TOKEN_REQUEST_URL')
  const token = variable(env, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN')
  if (url === '' || token === '') return undefined
  const requestToken = new SecretValue(token)
  credentials.push(requestToken)
  return { url, requestToken }
}
