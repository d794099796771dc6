import type { AuthError, AuthStep, EmptySecret, TokenClaims } from '../databricks/auth/auth-error.js'
import type { WorkspaceError } from '../databricks/workspace-error.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { advice, type Advice } from './advice.js'
import { possibleScopeAdvice, refusedScopeAdvice } from './api-scope-advice.js'
import { leadingTo, shellCommand } from './shell-commands.js'
import type { ErrorKind } from './troubleshooting-link.js'
import { isSafeToShow, untrustedText } from './untrusted-text.js'

/** Says what to change so that authentication succeeds. The text is empty if the error already says it. */
export function authAdvice(error: AuthError, redactor: Redactor): Advice {
  const { request, claims, emptySecret } = error.details
  if (request === undefined) return advice(KIND_WITHOUT_REQUEST[error.step], '')
  const isRefused = request.failure === 'error-response'
  switch (error.step) {
    case 'github':
      return isRefused
        ? advice(
            'auth-settings',
            'Give the job the permissions id-token: write and contents: read, and do not set the variables ACTIONS_ID_TOKEN_* in the workflow.',
          )
        : advice(kindOf(error), 'Check that this runner can reach GitHub.')
    case 'discovery':
      return advice(
        isRefused ? 'unexpected-response' : kindOf(error),
        'Check the input host: it is the address of a workspace, as the browser shows it.',
      )
    case 'databricks':
      if (!isRefused) return advice(kindOf(error), 'Check the input host, and that this runner can reach it.')
      return databricksAdvice(error, request, redactor)
    case 'entra':
      if (!isRefused) return advice(kindOf(error), 'Check that this runner can reach Microsoft Entra ID.')
      if (claims === undefined) {
        return advice(
          'azure',
          'Check azure-client-id, azure-tenant-id and azure-client-secret, which may have expired.',
        )
      }
      return advice(
        'azure',
        `${credentialAdvice(claims)} ${describeClaims(claims, redactor)}${emptySecretNote(emptySecret)}`,
      )
    case 'az':
    case 'source':
      return advice(KIND_WITHOUT_REQUEST[error.step], '')
  }
}

/** What to do if the token endpoint of Databricks refuses the request. */
function databricksAdvice(
  { authType, details }: AuthError,
  request: WorkspaceError,
  redactor: Redactor,
): Advice {
  const { claims, clientId, emptySecret } = details
  const scopeAdvice = refusedScopeAdvice(request, authType === 'oauth-m2m')
  if (scopeAdvice !== undefined) return advice('api-scopes', scopeAdvice)
  const other =
    claims === undefined
      ? advice(
          'oauth-secret',
          'Check client-id, the application id of the service principal, and client-secret, which may have expired. The service principal must be in this workspace.',
        )
      : policyAdvice(claims, clientId, emptySecret, redactor)
  return { ...other, advice: other.advice + possibleScopeAdvice(request) }
}

/** The kind of an error without a failed request. Its own message says what to change. */
const KIND_WITHOUT_REQUEST: Readonly<Record<AuthStep, ErrorKind>> = {
  github: 'auth-settings',
  discovery: 'unexpected-response',
  databricks: 'auth-settings',
  entra: 'azure',
  az: 'azure',
  source: 'auth-settings',
}

/** The kind of error of an authentication request that failed without an error response: usually a network problem. */
function kindOf({ details: { request } }: AuthError): ErrorKind {
  switch (request?.failure) {
    case 'unreachable':
    case 'proxy':
    case 'tls':
      return request.failure
    case 'timeout':
    case 'connection-lost':
      return 'connection-lost'
    default:
      return 'unexpected-response'
  }
}

/** A federation policy must match the token exactly, so the advice shows the claims, and the command to create one. */
function policyAdvice(
  claims: TokenClaims,
  clientId: string | undefined,
  emptySecret: EmptySecret | undefined,
  redactor: Redactor,
): Advice {
  const refused =
    'No federation policy accepts this token, or client-id is not that of the service principal.'
  const described = `${refused} ${describeClaims(claims, redactor)}`
  const note = emptySecretNote(emptySecret)
  if (isForPullRequest(claims)) {
    return advice('federation-policy', `${described} ${secondPrincipal('service principal')}${note}`)
  }
  const commands = policyCommand(claims, clientId, redactor)
  return advice(
    'federation-policy',
    // Commands end the advice, so this comes before the sentence that leads to them.
    `${described}${note} ${clientId === undefined ? ACCOUNT_WIDE : ''}` +
      leadingTo('Ask an account admin to create a policy that accepts it', commands),
    commands,
  )
}

/** The command that creates the policy, unless a claim has to be hidden or changed to be shown. */
function policyCommand(
  { iss, aud, sub }: TokenClaims,
  clientId: string | undefined,
  redactor: Redactor,
): readonly string[] {
  if (![iss, aud, sub].every((claim) => isSafeToShow(claim, redactor, 'untrusted'))) return []
  const json = JSON.stringify({ oidc_policy: { issuer: iss, audiences: [aud], subject: sub } })
  const words =
    clientId === undefined
      ? ['databricks', 'account', 'federation-policy', 'create', '--json']
      : // The numeric id of the service principal, which no input has.
        [
          'databricks',
          'account',
          'service-principal-federation-policy',
          'create',
          'SERVICE_PRINCIPAL_ID',
          '--json',
        ]
  return [shellCommand(words, [json])]
}

const ACCOUNT_WIDE =
  'client-id is empty, so account-wide federation was tried: set client-id to sign in as a service principal. '

function credentialAdvice(claims: TokenClaims): string {
  const check = 'Check azure-client-id and azure-tenant-id'
  return isForPullRequest(claims)
    ? `${check}. ${secondPrincipal('application')}`
    : `${check}, and that the application has a federated credential for this job.`
}

/** Whether the token is from a run for a pull request, by the subject that GitHub sets. */
function isForPullRequest({ sub }: TokenClaims): boolean {
  return /:pull_request(?::|$)/.test(sub)
}

/** A policy for pull requests gives access to everyone who can push a branch: they can change the workflow in it. */
function secondPrincipal(what: string): string {
  return (
    `Do not give this ${what} access from pull requests: everyone who can push a branch could write secrets. Create a ` +
    `second ${what} with READ on the scope, give it access for this subject, and use it for dry runs of pull requests: see ` +
    'examples/plan-on-pull-request.yml.'
  )
}

/** The declared input of a client secret is empty also in a workflow that never set it, so this is no likely cause. */
function emptySecretNote(emptySecret: EmptySecret | undefined): string {
  return emptySecret === undefined ? '' : ` ${emptySecret} is empty, if you meant to sign in with it.`
}

/** The claims are untrusted text: it is not known who created the token. */
function describeClaims({ iss, aud, sub }: TokenClaims, redactor: Redactor): string {
  const [issuer, audience, subject] = [iss, aud, sub].map((claim) => untrustedText(claim, redactor))
  return `The token says: iss ${issuer ?? ''}, aud ${audience ?? ''}, sub ${subject ?? ''}.`
}
