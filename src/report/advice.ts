import type { Permission } from '../databricks/permission.js'
import type { WorkspaceError } from '../databricks/workspace-error.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import type { DesiredStore } from '../stores/store-definition.js'
import { missingScopeAdvice } from './api-scope-advice.js'
import { catalogAdvice, isCatalogCall, isCatalogCode } from './catalog-advice.js'
import { grantCommand, leadingTo, shellCommand } from './shell-commands.js'
import type { Explanation } from './explanation.js'
import type { ErrorKind } from './troubleshooting-link.js'
import { isSafeToShow } from './untrusted-text.js'

/** What to do about an error. */
export type Advice = Pick<Explanation, 'kind' | 'advice' | 'commands'>

/** What the advice can name. */
export interface AdviceContext {
  /** The scope or schema, as the workflow names it. */
  readonly store: DesiredStore
  /** The identity of this run, as commands name it; undefined where the inputs do not name it. */
  readonly identity: string | undefined
  /** The permission that the run needs on the scope: a dry run and a report only read. */
  readonly permission: 'READ' | 'WRITE'
  /** Removes values from untrusted text. */
  readonly redactor: Redactor
}

const CHECK_HOST =
  'Check the input host: it is the address of a workspace, as the browser shows it. If it serves several workspaces, ' +
  'set workspace-id too.'

const CHECK_GATEWAY = 'Check the input host, and the proxy or firewall between this runner and the workspace.'

const checkAll = ({ kind }: DesiredStore): string =>
  `Check the inputs host and ${kind}, and the credentials of this run.`

/** Says what to change. Text of the workspace only chooses the advice, never what the action does. */
export function adviceFor(error: WorkspaceError, context: AdviceContext): Advice {
  const { failure, details } = error
  const { serverMessage = '' } = details
  switch (failure) {
    case 'unreachable':
      return advice(
        'unreachable',
        'Check the input host, and that this runner can reach it (firewall, proxy, private network).',
      )
    case 'proxy':
      return advice(
        'proxy',
        'Check the variables https_proxy and no_proxy, and that the proxy allows this connection.',
      )
    case 'tls':
      return advice(
        'tls',
        'Check the input host. If the certificate is from a proxy or a private certificate authority, set ' +
          'NODE_EXTRA_CA_CERTS to the certificate of that authority.',
      )
    case 'timeout':
    case 'connection-lost':
      return advice(
        'connection-lost',
        'If it happens again, check the network between this runner and the workspace (firewall, proxy).',
      )
    case 'redirected':
      return serverMessage.includes('private-link-validation-error')
        ? advice(
            'network',
            'The workspace is behind Private Link: use a self-hosted runner inside its network.',
          )
        : advice('unexpected-response', CHECK_HOST)
    case 'unexpected-response':
      return advice('unexpected-response', CHECK_HOST)
    case 'value-missing':
      return advice(
        'read-back',
        'The identity of this run may lack READ SECRET on this secret. Ask its owner to grant it.',
      )
    case 'cancelled':
      return advice('cancelled', 'Run the job again.')
    case 'error-response':
      return adviceForRefusal(error, context)
  }
}

/** Makes the advice for a kind of error: a text, and commands to copy below it. */
export function advice(kind: ErrorKind, text: string, commands: readonly string[] = []): Advice {
  return { kind, advice: text, commands }
}

function adviceForRefusal(error: WorkspaceError, context: AdviceContext): Advice {
  const { status = 0, errorCode, isJson, serverMessage = '', call = '' } = error.details
  const { store, permission } = context
  if (serverMessage.includes('Expected iss claim')) return advice('azure', OTHER_TENANT)
  const byMessage = adviceByMessage(error)
  if (byMessage !== undefined) return byMessage
  if (error.isTokenRejected) {
    return advice(
      'access-token',
      'Check the credentials of this run. The token may have expired, been revoked, or belong to another workspace. A ' +
        'service principal must be added to this workspace.',
    )
  }
  if (isCatalogCall(error)) {
    const forCatalog = catalogAdvice(error, { ...context, schema: store.name })
    if (forCatalog !== undefined) return forCatalog
  }
  if (errorCode === 'PERMISSION_DENIED' && call === 'secrets/scopes/create') return createScopeFirst(context)
  if (errorCode === 'PERMISSION_DENIED' && call === 'secrets/scopes/list')
    return advice('workspace', NO_ENTITLEMENT)
  if (errorCode === 'BAD_REQUEST' && call === 'secrets/get') return advice('read-back', NO_READS)
  const isOfPermissions = call === 'secrets/acls/list' || call === 'secrets/acls/delete'
  if (call === 'secrets/acls/put' || (errorCode === 'PERMISSION_DENIED' && isOfPermissions)) {
    const forPermissions = PERMISSION_ADVICE.get(errorCode ?? '')
    if (forPermissions !== undefined) return forPermissions(context)
  }
  if (call === 'secrets/acls/delete' && errorCode === 'INVALID_PARAMETER_VALUE')
    return advice('permissions-input', REMOVE_BY_HAND)
  if (errorCode === 'PERMISSION_DENIED') return grantToRun(permission, context)
  // A 404 in the format of Databricks: the API exists.
  if (status === 404 && isJson === true && errorCode === undefined)
    return advice('unexpected-response', checkAll(store))
  // Later calls come after others that succeeded, so this run has access.
  if (errorCode === 'INTERNAL_ERROR' && !STARTS_A_RUN.test(call)) return SERVER_ERROR
  const byCode = ADVICE.get(errorCode ?? '') ?? ADVICE.get(String(status))
  return byCode?.(context, call) ?? forUnknownRefusal(error, context)
}

/** The advice if neither the error code nor the status says what is wrong. */
function forUnknownRefusal({ details }: WorkspaceError, { store }: AdviceContext): Advice {
  const { errorCode, isJson, isHtmlErrorPage, status = 0 } = details
  if (status >= 500) return SERVER_ERROR
  if (errorCode !== undefined)
    return advice(
      'unexpected-response',
      'The action has no advice for this error code. Follow the message of the workspace, or contact Databricks support.',
    )
  return advice(
    'unexpected-response',
    isJson === true || isHtmlErrorPage === true ? checkAll(store) : CHECK_GATEWAY,
  )
}

/** Advice for messages of Databricks that have been seen with 400, 401 and 403 and say more than the code. */
function adviceByMessage(error: WorkspaceError): Advice | undefined {
  const { status = 0, isHtmlErrorPage, serverMessage = '' } = error.details
  if (![400, 401, 403].includes(status)) return undefined
  if (serverMessage.includes('IP ACL')) {
    return advice(
      'network',
      'The IP access list of the workspace does not include this runner: add its address, or use a self-hosted runner.',
    )
  }
  if (serverMessage.includes('Unauthorized access to Org')) {
    return advice(
      'network',
      'The workspace may accept only its private network (Private Link) or the addresses on its IP access list: use a ' +
        'self-hosted runner there, or add the address of this runner. Otherwise the token may belong to another workspace: ' +
        'check the inputs host and workspace-id.',
    )
  }
  if (serverMessage.includes('Invalid access to Org')) {
    return advice(
      'workspace',
      'The token may belong to another workspace: check the inputs host and workspace-id. If they are right, the ' +
        'workspace may refuse the network of this runner (Private Link, IP access list): use a self-hosted runner there.',
    )
  }
  const scopeAdvice = missingScopeAdvice(serverMessage)
  if (scopeAdvice !== undefined) return advice('api-scopes', scopeAdvice)
  const isAboutCaller = error.isTokenRejected || isHtmlErrorPage === true
  return isAboutCaller && serverMessage.includes('User not authorized')
    ? advice('workspace', NOT_IN_WORKSPACE)
    : undefined
}

const NOT_IN_WORKSPACE =
  'The service principal or user of this run may not be in this workspace: a workspace admin can add it under Settings, ' +
  'Identity and access.'
const NO_ENTITLEMENT =
  'The identity of this run may lack the entitlement Workspace access: a workspace admin can grant it under Settings, ' +
  'Identity and access.'
const OTHER_TENANT =
  'The token is from another Azure tenant than the one of the workspace: check azure-tenant-id, or, with azure-cli, the ' +
  'tenant of the azure/login step.'

/** Whom to ask for a permission of this run, with the command for it if the identity of the run is known. */
export function grantToRun(
  permission: Permission,
  { store, identity, redactor }: Omit<AdviceContext, 'permission'>,
): Advice {
  const isKnown = identity !== undefined && isSafeToShow(identity, redactor, 'input')
  const commands = isKnown ? [grantCommand(store.name, identity, permission)] : []
  const sentence = `Ask someone with MANAGE on the scope to grant ${permission} to the identity of this run`
  return advice(
    'permission-denied',
    leadingTo(isKnown ? sentence : `${sentence}, with databricks secrets put-acl`, commands),
    commands,
  )
}

function createScopeFirst(context: AdviceContext): Advice {
  const scope = context.store.name
  const { commands: grants } = grantToRun('WRITE', context)
  return advice(
    'permission-denied',
    `Ask someone who can create scopes to create "${scope}" and to grant WRITE on it to the identity of this run:`,
    [shellCommand(['databricks', 'secrets', 'create-scope'], [scope]), ...grants],
  )
}

const NO_READS =
  'Some workspaces allow reading secrets only in notebooks. There, use neither verify nor if-exists: compare.'
const CHECK_PRINCIPAL =
  'Check the principal in the input permissions: the e-mail of a user, the display name of a group, or the application id ' +
  'of a service principal. It must be in this workspace.'

const REMOVE_BY_HAND =
  'Remove the permission with databricks secrets delete-acl, or add the principal to the input permissions.'

/** What to do if a call about permissions was refused. */
const PERMISSION_ADVICE = new Map<string, (context: AdviceContext) => Advice>([
  ['PERMISSION_DENIED', (context) => grantToRun('MANAGE', context)],
  ['INVALID_PARAMETER_VALUE', () => advice('permissions-input', CHECK_PRINCIPAL)],
  // The scope existed a moment ago.
  [
    'RESOURCE_DOES_NOT_EXIST',
    ({ store }) =>
      advice(
        'permissions-input',
        `${CHECK_PRINCIPAL} If the principal is right, the scope "${store.name}" was deleted during this run.`,
      ),
  ],
])

const runAgain = (): Advice => advice('transient', 'This is temporary: run the job again in a few minutes.')
const SERVER_ERROR = advice('transient', 'This may be temporary: run the job again in a few minutes.')

/** The calls that a run starts with; empty for authentication. */
const STARTS_A_RUN = /^$|\/list$|schemas\/get$|\/Me$/
const noSuchCall = (): Advice =>
  advice('unexpected-response', `There is no Secrets API at this address. ${CHECK_HOST}`)

function scopeHidden(context: AdviceContext): Advice {
  const { store, permission } = context
  const { advice: ask, commands } = grantToRun(permission, context)
  return advice(
    'permission-denied',
    `The workspace has a scope "${store.name}", but does not list it to this run. If it is not yours, set another scope. ${ask}`,
    commands,
  )
}

/** What to do, by the error code of Databricks or, if it is missing or unknown, by the HTTP status. */
const ADVICE = new Map<string, (context: AdviceContext, call: string | undefined) => Advice>([
  [
    'CUSTOMER_UNAUTHORIZED',
    ({ store }) =>
      advice(
        'invalid-input',
        `Databricks reserves the name "${store.name}": choose another name in the input scope.`,
      ),
  ],
  [
    'RESOURCE_DOES_NOT_EXIST',
    ({ store }) =>
      advice(
        'scope-not-found',
        `The scope "${store.name}" was deleted during this run. Check that no other job and no Terraform configuration ` +
          'deletes or replaces it. Then run the job again.',
      ),
  ],
  ['RESOURCE_ALREADY_EXISTS', scopeHidden],
  [
    'RESOURCE_LIMIT_EXCEEDED',
    ({ store }, call) =>
      advice(
        'quota',
        call === 'secrets/scopes/create'
          ? 'A workspace can have at most 1,000 scopes. Delete scopes that are no longer used, or set an existing scope.'
          : `The scope "${store.name}" can have at most 1,000 secrets. Delete keys that are no longer used, or set another ` +
              'scope.',
      ),
  ],
  [
    'INVALID_PARAMETER_VALUE',
    (_, call) =>
      advice(
        'invalid-input',
        call === 'secrets/put'
          ? 'The workspace does not accept this key or its value. Check both.'
          : 'Check the name of the scope. It can have only letters, digits, hyphens, underscores, dots and at signs.',
      ),
  ],
  [
    'INTERNAL_ERROR',
    () =>
      advice(
        'workspace',
        'If this run signs in as a service principal, check that it was added to this workspace.',
      ),
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

/** Whether Databricks is known to use this error code. Any other code is untrusted text. */
export function isKnownCode(code: string): boolean {
  return code === 'BAD_REQUEST' || ADVICE.has(code) || isCatalogCode(code)
}
