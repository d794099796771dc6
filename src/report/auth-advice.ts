import type { EmptySecret, AuthError, TokenClaims } from '../databricks/auth/auth-error.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import { possibleScopeAdvice, refusedScopeAdvice } from './api-scope-advice.js'
import { untrustedText } from './untrusted-text.js'

/** Says what to change so that signing in works; undefined where the error has said it itself. */
export function signInAdvice(error: AuthError, redactor: Redactor): string | undefined {
  const { request, claims, clientId, emptySecret } = error.details
  if (request === undefined) return undefined
  const isRefused = request.failure === 'error-response'
  switch (error.step) {
    case 'github':
      return isRefused
        ? 'Give the job the permissions id-token: write and contents: read, and do not pass the variables ACTIONS_ID_TOKEN_* on to it.'
        : 'Check that this runner may reach GitHub.'
    case 'discovery':
      return 'Check the input host: it is the address of a workspace, as the browser shows it.'
    case 'databricks':
      if (!isRefused) return 'Check the input host, and that this runner may reach it.'
      return (
        refusedScopeAdvice(request, error.authType === 'oauth-m2m') ??
        (claims === undefined
          ? 'Check client-id, the application id of the service principal, and client-secret, which may have expired; and that the service principal is in this workspace.'
          : `${policyAdvice(claims, clientId, redactor)}${emptySecretAdvice(emptySecret)}`) +
          possibleScopeAdvice(request)
      )
    case 'entra':
      if (!isRefused) return 'Check that this runner may reach Microsoft Entra ID.'
      return claims === undefined
        ? 'Check azure-client-id, azure-tenant-id and azure-client-secret, which may have expired.'
        : `${credentialAdvice(claims)} ${describeClaims(claims, redactor)}${emptySecretAdvice(emptySecret)}`
    case 'az':
    case 'source':
      return undefined
  }
}

/** Where people lose hours: a policy has to match the token to the letter, and nobody shows them the token. */
function policyAdvice(claims: TokenClaims, clientId: string | undefined, redactor: Redactor): string {
  const refused = 'No federation policy takes this token, or client-id is not that of the service principal.'
  const described = describeClaims(claims, redactor)
  if (isOfPullRequest(claims)) return `${refused} ${described} ${secondPrincipal('service principal')}`
  const { iss, aud, sub } = shown(claims, redactor)
  // A quote would end the argument of the shell.
  const json = JSON.stringify({ oidc_policy: { issuer: iss, audiences: [aud], subject: sub } }).replaceAll(
    "'",
    '\\u0027',
  )
  const create =
    clientId === undefined
      ? 'account federation-policy create'
      : 'account service-principal-federation-policy create SERVICE_PRINCIPAL_ID'
  return (
    `${refused} ${described} ` +
    (clientId === undefined ? ACCOUNT_WIDE : '') +
    `A policy that would take it: databricks ${create} --json '${json}'`
  )
}

const ACCOUNT_WIDE =
  'client-id is empty, so account-wide federation was tried: set client-id if a service principal is meant. '

function credentialAdvice(claims: TokenClaims): string {
  const check = 'Check azure-client-id and azure-tenant-id'
  return isOfPullRequest(claims)
    ? `${check}. ${secondPrincipal('application')}`
    : `${check}, and that the application has a federated credential for this job.`
}

/** Whether the token is that of a run for a pull request, by the subject that GitHub gives it. */
function isOfPullRequest({ sub }: TokenClaims): boolean {
  return /:pull_request(?::|$)/.test(sub)
}

/** A policy for pull requests lets in everybody who can push a branch: they can change the workflow in it. */
function secondPrincipal(what: string): string {
  return (
    `Do not let this ${what} in for pull requests: anybody who can push a branch could write secrets. Create a second ` +
    `${what} with READ on the scope, let it in for this subject, and use it for dry runs of pull requests: see ` +
    'examples/plan-on-pull-request.yml.'
  )
}

function emptySecretAdvice(emptySecret: EmptySecret | undefined): string {
  return emptySecret === undefined
    ? ''
    : ` ${emptySecret} is empty: if you meant to sign in with it, its secret may be not visible to this job.`
}

function describeClaims(claims: TokenClaims, redactor: Redactor): string {
  const { iss, aud, sub } = shown(claims, redactor)
  return `The token says: iss ${iss}, aud ${aud}, sub ${sub}.`
}

/** They are what a token says, and who has made it is not for us to know. */
function shown({ iss, aud, sub }: TokenClaims, redactor: Redactor): TokenClaims {
  return {
    iss: untrustedText(iss, redactor),
    aud: untrustedText(aud, redactor),
    sub: untrustedText(sub, redactor),
  }
}
