import type { SignIn, Target } from '../client.js'

/** The settings of the Go SDK: host and credentials. */
export function goSdkEnv({ url, token, signIn, workspaceId }: Target): NodeJS.ProcessEnv {
  return {
    DATABRICKS_HOST: url,
    ...(signIn === undefined ? { DATABRICKS_TOKEN: token } : signInEnv(signIn)),
    ...(workspaceId === undefined ? {} : { DATABRICKS_WORKSPACE_ID: workspaceId }),
  }
}

/** The environment variables of all tools with the Go SDK (`env:` in its config/config.go). An undefined one is not set. */
function signInEnv(signIn: SignIn): NodeJS.ProcessEnv {
  return {
    DATABRICKS_AUTH_TYPE: signIn.authType,
    DATABRICKS_CLIENT_ID: signIn.clientId,
    DATABRICKS_CLIENT_SECRET: signIn.clientSecret,
    DATABRICKS_OIDC_TOKEN: signIn.oidcToken,
    DATABRICKS_OIDC_TOKEN_FILEPATH: signIn.oidcTokenFile,
    DATABRICKS_TOKEN_AUDIENCE: signIn.tokenAudience,
    ACTIONS_ID_TOKEN_REQUEST_URL: signIn.github?.url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: signIn.github?.requestToken,
  }
}
