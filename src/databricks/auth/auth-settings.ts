import type { SecretValue } from '../../secret-value.js'

/** A setting and its source. */
export interface AuthSetting<Value> {
  readonly value: Value
  /** The name of the input or the environment variable. */
  readonly source: string
  /** Inputs take precedence over environment variables. */
  readonly from: 'input' | 'variable'
}

/** The endpoint from which a job with the permission `id-token: write` requests its OIDC tokens. */
export interface GitHubOidcEndpoint {
  /** `ACTIONS_ID_TOKEN_REQUEST_URL`, which already has a query. */
  readonly url: string
  /** `ACTIONS_ID_TOKEN_REQUEST_TOKEN`. */
  readonly requestToken: SecretValue
}

/** All settings for authentication. A missing field is not set. */
export interface AuthSettings {
  readonly authType?: AuthSetting<string>
  readonly token?: AuthSetting<SecretValue>
  readonly clientId?: AuthSetting<string>
  readonly clientSecret?: AuthSetting<SecretValue>
  readonly tokenAudience?: AuthSetting<string>
  /** The API scopes to request, separated by spaces. Not set: `all-apis`. */
  readonly oauthScopes?: AuthSetting<string>
  readonly azureClientId?: AuthSetting<string>
  readonly azureClientSecret?: AuthSetting<SecretValue>
  readonly azureTenantId?: AuthSetting<string>
  /** An OIDC token that an earlier step stored in an environment variable. */
  readonly oidcToken?: AuthSetting<SecretValue>
  /** The path of a file with an OIDC token. */
  readonly oidcTokenFile?: AuthSetting<string>
  /** Set by the runner if the job has the permission `id-token: write`. */
  readonly github?: GitHubOidcEndpoint
  /** Whether the Azure CLI is signed in on this runner. Checked only for the auth type `azure-cli`. */
  readonly azureCliProfile?: boolean
  /** The environment variable that selects a configuration profile. The action does not read profiles. */
  readonly profileVariable?: string
}
