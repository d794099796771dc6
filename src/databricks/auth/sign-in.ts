import type { SecretValue } from '../../secret-value.js'

/** A way to sign in to a workspace. */
export interface SignIn {
  /** Its name in Databricks' unified authentication. */
  readonly authType: 'pat'

  /** The bearer token for the next request. */
  token(): Promise<SecretValue>
}
