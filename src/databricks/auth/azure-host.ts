import type { WorkspaceHost } from '../host.js'

/** The clouds of Azure: where each has its workspaces, and where it signs people in. */
const CLOUDS = [
  { suffix: '.azuredatabricks.net', login: 'https://login.microsoftonline.com' },
  { suffix: '.databricks.azure.us', login: 'https://login.microsoftonline.us' },
  { suffix: '.databricks.azure.cn', login: 'https://login.chinacloudapi.cn' },
]

/**
 * Where Entra ID is for a workspace, without a slash at the end; undefined for a host that is none of Azure's, to which no
 * token of Entra may go.
 */
export function entraLoginOf({ origin }: WorkspaceHost): string | undefined {
  const { hostname, protocol } = new URL(origin)
  return protocol === 'https:' ? CLOUDS.find(({ suffix }) => hostname.endsWith(suffix))?.login : undefined
}
