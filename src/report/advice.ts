import type { Permission } from '../databricks/permission.js'
import type { WorkspaceError } from '../databricks/workspace-error.js'
import { missingScopeAdvice } from './api-scope-advice.js'

const CHECK_HOST =
  'Check the input host: it is the address of a workspace, as the browser shows it. If it serves several workspaces, ' +
  'give workspace-id too.'

const CHECK_ALL = 'Check the inputs host and scope, and what this run signs in with.'

/** What an advice names. */
export interface AdviceContext {
  /** The scope as the workflow names it. */
  readonly scope: string
  /** What the run needs on it: a dry run and a report only read. */
  readonly permission: 'READ' | 'WRITE'
}

/** Says what to change. Texts of the workspace only choose the advice here, never what the action does. */
export function adviceFor(error: WorkspaceError, { scope, permission }: AdviceContext): string {
  const { failure, details } = error
  const { serverMessage: said = '' } = details
  switch (failure) {
    case 'unreachable':
      return 'Check the input host, and that this runner may reach it (firewall, proxy, private network).'
    case 'proxy':
      return 'Check the variables https_proxy and no_proxy, and that the proxy lets this runner through.'
    case 'tls':
      return (
        'Check the input host. Where a proxy or a private certificate authority stands in between, set ' +
        'NODE_EXTRA_CA_CERTS to its certificate.'
      )
    case 'timeout':
    case 'connection-lost':
      return 'If it happens again, check the network between this runner and the workspace (firewall, proxy).'
    case 'redirected':
      return said.includes('private-link-validation-error')
        ? 'The workspace is behind Private Link: use a self-hosted runner inside its network.'
        : CHECK_HOST
    case 'unexpected-response':
      return CHECK_HOST
    case 'cancelled':
      return 'Run the job again.'
    case 'error-response':
      return adviceForRefusal(error, { scope, permission })
  }
}

function adviceForRefusal(error: WorkspaceError, { scope, permission }: AdviceContext): string {
  const { status, errorCode, isJson: structured, serverMessage: said = '', call } = error.details
  if (said.includes('Expected iss claim')) return OTHER_TENANT
  const forWords = adviceForWords(error)
  if (forWords !== undefined) return forWords
  if (error.isTokenRejected) {
    return (
      'Check what this run signs in with: the token may have expired, been revoked, or belong to another workspace; a ' +
      'service principal has to be in this one.'
    )
  }
  if (errorCode === 'PERMISSION_DENIED' && call === 'secrets/scopes/create') {
    return `Let somebody who may create scopes create "${scope}" and give the identity of this run WRITE on it.`
  }
  if (errorCode === 'PERMISSION_DENIED' && call === 'secrets/scopes/list') return NO_ENTITLEMENT
  if (errorCode === 'BAD_REQUEST' && call === 'secrets/get') return NO_READS
  if (call === 'secrets/acls/put' || (errorCode === 'PERMISSION_DENIED' && call === 'secrets/acls/list')) {
    const forPermissions = PERMISSION_ADVICE.get(errorCode ?? '')
    if (forPermissions !== undefined) return forPermissions(scope)
  }
  if (errorCode === 'PERMISSION_DENIED') return give(permission, scope)
  // Databricks' own answer, so its API is there.
  if (status === 404 && structured === true && errorCode === undefined) return CHECK_ALL
  const advice = ADVICE.get(errorCode ?? '') ?? ADVICE.get(String(status))
  return advice?.(scope) ?? CHECK_ALL
}

/** What to change, by words of Databricks that have been seen with 400, 401 and 403 and tell more than the code. */
function adviceForWords(error: WorkspaceError): string | undefined {
  const { status = 0, isHtmlErrorPage: page, serverMessage: said = '' } = error.details
  if (![400, 401, 403].includes(status)) return undefined
  if (said.includes('IP ACL')) {
    return 'The IP access list of the workspace does not have this runner: add its address, or use a self-hosted runner.'
  }
  if (said.includes('Unauthorized access to Org')) {
    return (
      'The workspace may accept only its private network (Private Link) or the addresses on its IP access list: use a ' +
      'self-hosted runner there, or add the address of this runner. Otherwise the token may belong to another workspace: ' +
      'check the inputs host and workspace-id.'
    )
  }
  if (said.includes('Invalid access to Org')) {
    return (
      'The token may belong to another workspace: check the inputs host and workspace-id. If they are right, the ' +
      'workspace may refuse the network of this runner (Private Link, IP access list): use a self-hosted runner there.'
    )
  }
  const forScope = missingScopeAdvice(said)
  if (forScope !== undefined) return forScope
  const isOfTheCaller = error.isTokenRejected || page === true
  return isOfTheCaller && said.includes('User not authorized') ? NOT_IN_WORKSPACE : undefined
}

const NOT_IN_WORKSPACE =
  'The service principal or user of this run may not be in this workspace: a workspace admin can add it under Settings, ' +
  'Identity and access.'
const NO_ENTITLEMENT =
  'The identity of this run may lack the entitlement Workspace access: a workspace admin can give it under Settings, ' +
  'Identity and access.'
const OTHER_TENANT =
  'The token is from another Azure tenant than the one of the workspace: check azure-tenant-id, or, with azure-cli, the ' +
  'tenant of the azure/login step.'

function give(permission: Permission, scope: string): string {
  return (
    `Let somebody who manages the scope give the identity of this run ${permission} on it: ` +
    `databricks secrets put-acl "${scope}" PRINCIPAL ${permission}.`
  )
}

const NO_READS =
  'Some workspaces let secrets be read in notebooks only. In such a one, use neither verify nor if-exists: compare.'
const CHECK_PRINCIPAL =
  "Check the principal in the input permissions: a user's e-mail, a group's display name or a service principal's " +
  'application id, of somebody who is in this workspace.'

/** What to change where a call about permissions was refused. */
const PERMISSION_ADVICE = new Map<string, (scope: string) => string>([
  ['PERMISSION_DENIED', (scope) => give('MANAGE', scope)],
  ['INVALID_PARAMETER_VALUE', () => CHECK_PRINCIPAL],
  // The scope was there a moment ago.
  ['RESOURCE_DOES_NOT_EXIST', (scope) => `${CHECK_PRINCIPAL} Or somebody deletes the scope "${scope}".`],
])

const runAgain = (): string => 'This is temporary: run the job again in a few minutes.'
const noSuchCall = (): string => `There is no Secrets API at this address. ${CHECK_HOST}`

/** What to change, by Databricks' code or, where the answer has none that is known, by the status. */
const ADVICE = new Map<string, (scope: string) => string>([
  [
    'CUSTOMER_UNAUTHORIZED',
    (scope) => `Databricks reserves the name "${scope}": choose another in the input scope.`,
  ],
  ['RESOURCE_DOES_NOT_EXIST', (scope) => `The scope "${scope}" is no longer there: find out who deletes it.`],
  [
    'RESOURCE_ALREADY_EXISTS',
    (scope) => `The workspace has a scope "${scope}" that it does not show to the identity of this run.`,
  ],
  [
    'RESOURCE_LIMIT_EXCEEDED',
    () => 'A workspace has 1,000 scopes at most, and a scope 1,000 secrets: delete what is no longer used.',
  ],
  [
    'INVALID_PARAMETER_VALUE',
    () =>
      'Check the inputs scope and secrets: a scope is named with letters, digits, hyphens, underscores, dots and at signs.',
  ],
  [
    'INTERNAL_ERROR',
    () => 'If the token is that of a service principal, check that it has been added to this workspace.',
  ],
  ['ENDPOINT_NOT_FOUND', noSuchCall],
  ['404', noSuchCall],
  ...[
    'REQUEST_LIMIT_EXCEEDED',
    'RESOURCE_EXHAUSTED',
    'TEMPORARILY_UNAVAILABLE',
    '429',
    '502',
    '503',
    '504',
  ].map((code) => [code, runAgain] as const),
])

/** Whether a code is one that Databricks is known to use, and so no text that somebody has put in its place. */
export function isKnownCode(code: string): boolean {
  return code === 'BAD_REQUEST' || ADVICE.has(code)
}
