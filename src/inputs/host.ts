import type { AuthSetting } from '../databricks/auth/auth-settings.js'
import { HostError, isWorkspaceId, parseHost, type WorkspaceHost } from '../databricks/host.js'
import type { InputErrors } from './input-errors.js'
import { readSetting } from './scalars.js'

/** The workspace, and how the workflow names it. */
export interface ParsedHostInputs {
  /** Undefined if `host` is missing or wrong. */
  readonly host: WorkspaceHost | undefined
  /** The environment variables that are used, as in `host from DATABRICKS_HOST`. */
  readonly fromVariables: readonly string[]
}

/** Reads `host` and `workspace-id`, or their environment variables. */
export function readHostInputs(
  env: NodeJS.ProcessEnv,
  errors: InputErrors,
  warnings: string[],
): ParsedHostInputs {
  const address = readSetting(env, 'host')
  const id = readSetting(env, 'workspace-id')
  if (id !== undefined && !isWorkspaceId(id.value)) errors.add(id.source, NO_WORKSPACE_ID)
  const pasted = parseAddress(address, errors)
  const host =
    pasted === undefined || address === undefined ? undefined : withId(pasted, address, id, warnings)
  return {
    host,
    fromVariables: [
      ...(address?.from === 'variable' ? [`host from ${address.source}`] : []),
      ...(id?.from === 'variable' && id.value === host?.workspaceId
        ? [`workspace-id from ${id.source}`]
        : []),
    ],
  }
}

function parseAddress(
  address: AuthSetting<string> | undefined,
  errors: InputErrors,
): WorkspaceHost | undefined {
  if (address === undefined) {
    errors.add('host', NO_HOST, 'not-visible')
    return undefined
  }
  try {
    return parseHost(address.value)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    // If only the scheme is left, GitHub probably hides the variable after it from this run.
    errors.add('host', error.message, /^https?:\/*$/i.test(address.value) ? 'not-visible' : undefined)
    return undefined
  }
}

/** The host with the workspace id to send. An input takes precedence over a variable, else `workspace-id` over the address. */
function withId(
  host: WorkspaceHost,
  address: AuthSetting<string>,
  id: AuthSetting<string> | undefined,
  warnings: string[],
): WorkspaceHost {
  if (id === undefined || host.workspaceId === id.value) return host
  if (host.workspaceId === undefined) return { ...host, workspaceId: id.value }
  const isAddressFirst = address.from === 'input' && id.from === 'variable'
  warnings.push(
    `${id.source} names another workspace than ${address.source}, which names ${host.workspaceId}. The id from ` +
      `${isAddressFirst ? address.source : id.source} is used. Remove one of them.`,
  )
  return isAddressFirst ? host : { ...host, workspaceId: id.value }
}

const NO_HOST =
  'not set. Give the address of the workspace, or set the environment variable DATABRICKS_HOST. The expression ' +
  'vars.DATABRICKS_HOST reads a variable of the repository, of the organization or of the environment that the job names'

const NO_WORKSPACE_ID =
  'not a workspace id, which is usually a number. Copy what follows ?o= or ?w= in the address of the workspace'
