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
export function entraLoginHost({ origin }: WorkspaceHost): string | undefined {
  const { hostname, protocol } = new URL(origin)
  return protocol === 'https:' ? CLOUDS.find(({ suffix }) => hostname.endsWith(suffix))?.login : undefined
}

/** Says why no token of Entra ID goes to a host that is none of Azure's, and what to change. */
export function entraUnavailableReason({ origin }: WorkspaceHost): string {
  if (origin.endsWith('.') && entraLoginHost({ origin: origin.replace(/\.+$/, '') }) !== undefined) {
    return 'The host ends in a dot: take the dot out'
  }
  return (
    `A token of Microsoft Entra ID is sent only to hosts that end in ${CLOUDS.map(({ suffix }) => suffix).join(', ')}. ` +
    'If this host is another name of a workspace on Azure, set host to the address that the Azure portal shows; ' +
    'otherwise sign in with client-id or token'
  )
}
