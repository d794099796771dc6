import type { SecretValue } from '../../secret-value.js'
import type { GitHubTokenSource } from './github-token.js'

/** A setting, and where it came from. */
export interface AuthSetting<Value> {
  readonly value: Value
  /** The name of the input, or of the variable. */
  readonly source: string
  /** An input wins over any variable. */
  readonly from: 'input' | 'variable'
}

/** Everything that a workflow may say about signing in; nothing of it is there unless it was said. */
export interface AuthSettings {
  readonly authType?: AuthSetting<string>
  readonly token?: AuthSetting<SecretValue>
  readonly clientId?: AuthSetting<string>
  readonly clientSecret?: AuthSetting<SecretValue>
  readonly tokenAudience?: AuthSetting<string>
  readonly azureClientId?: AuthSetting<string>
  readonly azureClientSecret?: AuthSetting<SecretValue>
  readonly azureTenantId?: AuthSetting<string>
  /** A token that an earlier step has put into a variable. */
  readonly oidcToken?: AuthSetting<SecretValue>
  /** The path of a file that holds one. */
  readonly oidcTokenFile?: AuthSetting<string>
  /** What the runner gives a job that has the permission `id-token: write`. */
  readonly github?: GitHubTokenSource
  /** Whether somebody has signed in with the Azure CLI on this runner; looked up for the auth type `azure-cli` alone. */
  readonly azureCliProfile?: boolean
  /** The variable that names a configuration profile: those are not read. */
  readonly profileVariable?: string
}
