import type { SignInError, TokenClaims } from '../databricks/auth/sign-in-error.js'
import type { Redactor } from '../secrets/redactor.js'
import { foreignText } from './foreign-text.js'

/** Says what to change so that signing in works; undefined where the error has said it itself. */
export function signInAdvice(error: SignInError, redactor: Redactor): string | undefined {
  const { request, claims, clientId } = error.details
  if (request === undefined) return undefined
  const isRefused = request.failure === 'refused'
  switch (error.step) {
    case 'github':
      return isRefused
        ? 'Give the job the permissions id-token: write and contents: read, and do not pass the variables ACTIONS_ID_TOKEN_* on to it.'
        : 'Check that this runner may reach GitHub.'
    case 'discovery':
      return 'Check the input host: it is the address of a workspace, as the browser shows it.'
    case 'databricks':
      if (!isRefused) return 'Check the input host, and that this runner may reach it.'
      return claims === undefined
        ? 'Check client-id, the application id of the service principal, and client-secret, which may have expired; and that the service principal is in this workspace.'
        : policyAdvice(claims, clientId, redactor)
    case 'entra':
      if (!isRefused) return 'Check that this runner may reach Microsoft Entra ID.'
      return claims === undefined
        ? 'Check azure-client-id, azure-tenant-id and azure-client-secret, which may have expired.'
        : `Check azure-client-id and azure-tenant-id, and that the application has a federated credential for this job. ${describeClaims(claims, redactor)}`
    case 'az':
    case 'source':
      return undefined
  }
}

/** Where people lose hours: a policy has to match the token to the letter, and nobody shows them the token. */
function policyAdvice(claims: TokenClaims, clientId: string | undefined, redactor: Redactor): string {
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
    `No federation policy takes this token, or client-id is not that of the service principal. ${describeClaims(claims, redactor)} ` +
    `A policy that would take it: databricks ${create} --json '${json}'`
  )
}

function describeClaims(claims: TokenClaims, redactor: Redactor): string {
  const { iss, aud, sub } = shown(claims, redactor)
  return `The token says: iss ${iss}, aud ${aud}, sub ${sub}.`
}

/** They are what a token says, and who has made it is not for us to know. */
function shown({ iss, aud, sub }: TokenClaims, redactor: Redactor): TokenClaims {
  return { iss: foreignText(iss, redactor), aud: foreignText(aud, redactor), sub: foreignText(sub, redactor) }
}
