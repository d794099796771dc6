import type { SignIn, Target } from '../client.js'

/** What tells a program with the Go SDK where to call, and as whom. */
export function goSdkEnv({ url, token, signIn, workspaceId }: Target): NodeJS.ProcessEnv {
  return {
    DATABRICKS_HOST: url,
    ...(signIn === undefined ? { DATABRICKS_TOKEN: token } : signInEnv(signIn)),
    ...(workspaceId === undefined ? {} : { DATABRICKS_WORKSPACE_ID: workspaceId }),
  }
}

/** The same names in all tools with the Go SDK: `env:` in its config/config.go. A variable that is undefined is not set. */
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
