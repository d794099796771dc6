import type { WorkspaceHost } from '../host.js'

/** The clouds of Azure: the host suffix of their workspaces, and the address of Entra ID. */
const CLOUDS = [
  { suffix: '.azuredatabricks.net', login: 'https://login.microsoftonline.com' },
  { suffix: '.databricks.azure.us', login: 'https://login.microsoftonline.us' },
  { suffix: '.databricks.azure.cn', login: 'https://login.chinacloudapi.cn' },
]

/**
 * Returns the address of Entra ID for a workspace, without a trailing slash. Returns undefined if the host is not on Azure:
 * never send a token of Entra ID there.
 */
export function entraLoginHost({ origin }: WorkspaceHost): string | undefined {
  const { hostname, protocol } = new URL(origin)
  return protocol === 'https:' ? CLOUDS.find(({ suffix }) => hostname.endsWith(suffix))?.login : undefined
}

/** Explains why Entra ID cannot be used with a host that is not on Azure, and what to change. */
export function entraUnavailableReason({ origin }: WorkspaceHost): string {
  if (origin.endsWith('.') && entraLoginHost({ origin: origin.replace(/\.+$/, '') }) !== undefined) {
    return 'The host ends with a dot. Remove the dot'
  }
  return (
    `A token of Microsoft Entra ID is sent only to hosts that end in ${CLOUDS.map(({ suffix }) => suffix).join(', ')}. ` +
    'If this host is another name of a workspace on Azure, set host to the address in the Azure portal. ' +
    'Otherwise authenticate with client-id or token'
  )
}
