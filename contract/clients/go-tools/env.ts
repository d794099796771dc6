import type { Target } from '../client.js'

/** What tells a program with the Go SDK where to call, and as whom. */
export function goSdkEnv({ url, token, workspaceId }: Target): NodeJS.ProcessEnv {
  return {
    DATABRICKS_HOST: url,
    DATABRICKS_TOKEN: token,
    ...(workspaceId === undefined ? {} : { DATABRICKS_WORKSPACE_ID: workspaceId }),
  }
}
