import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

import { AUTH_METHODS, type AuthType, type SettingName } from '../databricks/auth/auth-methods.js'
import type { AuthSetting, AuthSettings, GitHubOidcEndpoint } from '../databricks/auth/auth-settings.js'
import { isToken } from '../databricks/auth/token-request.js'
import { SecretValue } from '../secret-value.js'
import type { InputErrors } from './input-errors.js'
import { readOauthScopes } from './oauth-scopes.js'
import { readSetting, readVariable } from './scalars.js'

/** The settings for authentication. */
export interface ParsedAuthInputs {
  readonly settings: AuthSettings
  /** All credentials among the settings, used or not. Mask them before you print anything. */
  readonly credentials: readonly SecretValue[]
}

/** Reads all inputs and environment variables for authentication. `chooseAuthMethod` decides which of them are used. */
export function readAuthInputs(env: NodeJS.ProcessEnv, errors: InputErrors): ParsedAuthInputs {
  const credentials: SecretValue[] = []
  const text = (setting: AuthSetting<string> | undefined): AuthSetting<string> | undefined => {
    if (setting !== undefined && isQuoted(setting.value)) errors.add(setting.source, IN_QUOTES)
    return setting
  }
  const secret = (
    setting: AuthSetting<string> | undefined,
    message: string,
  ): AuthSetting<SecretValue> | undefined => {
    if (setting === undefined) return undefined
    const value = new SecretValue(setting.value)
    credentials.push(value)
    if (isQuoted(setting.value)) {
      if (setting.value.length > 2) credentials.push(new SecretValue(setting.value.slice(1, -1)))
      errors.add(setting.source, IN_QUOTES)
    } else if (!isToken(setting.value)) errors.add(setting.source, message)
    return { ...setting, value }
  }
  const oidcVariable = readVariable(env, 'DATABRICKS_OIDC_TOKEN_ENV')?.value ?? 'DATABRICKS_OIDC_TOKEN'
  const all: { [Name in Exclude<keyof AuthSettings, 'azureCliProfile'>]: AuthSettings[Name] | undefined } = {
    authType: readSetting(env, 'auth-type'),
    token: secret(readSetting(env, 'token'), INVALID_TOKEN),
    clientId: text(readSetting(env, 'client-id')),
    clientSecret: secret(readSetting(env, 'client-secret'), INVALID_SECRET),
    tokenAudience: text(readSetting(env, 'token-audience')),
    oauthScopes: readOauthScopes(errors),
    azureClientId: text(readSetting(env, 'azure-client-id')),
    azureClientSecret: secret(readSetting(env, 'azure-client-secret'), INVALID_SECRET),
    azureTenantId: text(readSetting(env, 'azure-tenant-id')),
    oidcToken: secret(readVariable(env, oidcVariable), INVALID_TOKEN),
    oidcTokenFile: text(readVariable(env, 'DATABRICKS_OIDC_TOKEN_FILEPATH')),
    github: readGitHub(env, credentials),
    profileVariable: PROFILE_VARIABLES.find((name) => readVariable(env, name) !== undefined),
  }
  const given = Object.entries(all).filter(([, setting]) => setting !== undefined)
  const settings: AuthSettings = Object.fromEntries(given)
  return {
    settings:
      settings.authType?.value === 'azure-cli'
        ? { ...settings, azureCliProfile: hasAzureCliProfile(env) }
        : settings,
    credentials,
  }
}

/**
 * Refuses a number as an id that the authentication method uses. Databricks shows such an ID of a service principal too, but
 * signing in takes its application ID, and Microsoft Entra ID that of an application: both are UUIDs.
 *
 * @param authType Undefined if no method could be chosen.
 */
export function checkClientIds(
  settings: AuthSettings,
  authType: AuthType | undefined,
  errors: InputErrors,
): void {
  for (const name of ['clientId', 'azureClientId'] as const) {
    const setting = settings[name]
    if (setting !== undefined && /^\d+$/.test(setting.value) && usesSetting(authType, name))
      errors.add(setting.source, NUMERIC_ID)
  }
}

function usesSetting(authType: AuthType | undefined, name: SettingName): boolean {
  if (authType === undefined) return true
  const { settings, optionalSettings = [] } = AUTH_METHODS[authType]
  return [...settings, ...optionalSettings].includes(name)
}

const NUMERIC_ID =
  'is a number, like the ID that Databricks shows in some places. Use the application ID of the service principal, which is a UUID'

/** The variables that name a configuration profile of Databricks' own tools. */
const PROFILE_VARIABLES = ['DATABRICKS_CONFIG_PROFILE', 'DATABRICKS_CONFIG_FILE']

/** Whether the text is in quotes. They come from the syntax of a file: no credential or id begins and ends with them. */
function isQuoted(text: string): boolean {
  return text.length > 1 && /^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text)
}

const IN_QUOTES = 'is in quotes. Store it without quotes'

/** Whether the Azure CLI has a session. True also if its folder is unknown: `az` itself then says what is wrong. */
function hasAzureCliProfile(env: NodeJS.ProcessEnv): boolean {
  const folder = readVariable(env, 'AZURE_CONFIG_DIR')?.value
  try {
    return existsSync(path.join(folder ?? path.join(homedir(), '.azure'), 'azureProfile.json'))
  } catch {
    // `homedir` throws without HOME and without a user entry, as in some containers.
    return true
  }
}

/** What is wrong with a token that an HTTP header cannot carry. */
export const INVALID_TOKEN =
  'contains a space, a line break or a character that no token has. Paste only the token'

const INVALID_SECRET =
  'contains a space, a line break or a character that no client secret has. Paste only the secret'

/** Where this job can get an OIDC token. The runner sets both variables if the job has `id-token: write`. */
function readGitHub(env: NodeJS.ProcessEnv, credentials: SecretValue[]): GitHubOidcEndpoint | undefined {
  const url = readVariable(env, 'ACTIONS_ID_TOKEN_REQUEST_URL')?.value
  const token = readVariable(env, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN')?.value
  if (url === undefined || token === undefined) return undefined
  const requestToken = new SecretValue(token)
  credentials.push(requestToken)
  return { url, requestToken }
}
