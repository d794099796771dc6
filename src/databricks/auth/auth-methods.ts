import type { AuthSettings } from './auth-settings.js'

/** The names of the settings in messages: the input, or the environment variable if there is no input. */
export const SETTING_NAMES = {
  token: 'token',
  clientId: 'client-id',
  clientSecret: 'client-secret',
  azureClientId: 'azure-client-id',
  azureClientSecret: 'azure-client-secret',
  azureTenantId: 'azure-tenant-id',
  oidcToken: 'DATABRICKS_OIDC_TOKEN',
  oidcTokenFile: 'DATABRICKS_OIDC_TOKEN_FILEPATH',
} as const satisfies Partial<Record<keyof AuthSettings, string>>

/** A setting that an authentication method may use. */
export type SettingName = keyof typeof SETTING_NAMES

/** What a method requires in addition to its settings: GitHub's OIDC token, a workspace on Azure, or a signed-in Azure CLI. */
export type Prerequisite = 'github' | 'azure' | 'azureCli'

/** The names of the inputs that change a request for a token, but never select the authentication method. */
export const OPTION_NAMES = {
  tokenAudience: 'token-audience',
  oauthScopes: 'oauth-scopes',
} as const satisfies Partial<Record<keyof AuthSettings, string>>

/** A setting that an authentication method may use, but that does not select it. */
export type OptionName = keyof typeof OPTION_NAMES

/** What an authentication method requires. */
export interface AuthRequirements {
  readonly settings: readonly SettingName[]
  readonly optionalSettings?: readonly SettingName[]
  readonly prerequisites?: readonly Prerequisite[]
  /** Inputs that it uses, but that do not select it. */
  readonly options?: readonly OptionName[]
}

/** The authentication methods, with the names and in the order of Databricks unified authentication. */
const METHODS = {
  pat: { settings: ['token'] },
  'oauth-m2m': { settings: ['clientId', 'clientSecret'], options: ['oauthScopes'] },
  'github-oidc': {
    settings: [],
    optionalSettings: ['clientId'],
    prerequisites: ['github'],
    options: ['tokenAudience', 'oauthScopes'],
  },
  'env-oidc': { settings: ['oidcToken'], optionalSettings: ['clientId'], options: ['oauthScopes'] },
  'file-oidc': { settings: ['oidcTokenFile'], optionalSettings: ['clientId'], options: ['oauthScopes'] },
  'github-oidc-azure': { settings: ['azureClientId', 'azureTenantId'], prerequisites: ['azure', 'github'] },
  'azure-client-secret': {
    settings: ['azureClientId', 'azureClientSecret', 'azureTenantId'],
    prerequisites: ['azure'],
  },
  'azure-cli': { settings: [], prerequisites: ['azure', 'azureCli'] },
} as const satisfies Record<string, AuthRequirements>

/** The name of an authentication method, as in the input `auth-type`. */
export type AuthType = keyof typeof METHODS

/** What each authentication method requires. */
export const AUTH_METHODS: Readonly<Record<AuthType, AuthRequirements>> = METHODS

/** The names of all authentication methods, in order. */
export const AUTH_TYPES = Object.keys(METHODS) as readonly AuthType[]
