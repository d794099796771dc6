import { readFile } from 'node:fs/promises'
import type { SignInRefusal } from '../refusals.js'
import type { SignIn } from './client.js'

/** The token or the error. */
type SignedIn = { readonly token: string } | { readonly refusal: SignInRefusal }

/** Authenticates with plain requests, as in the documentation of Databricks, RFC 6749 and RFC 8693. */
export async function signInByRest(url: string, signIn: SignIn): Promise<SignedIn> {
  const metadata = await fetch(`${url}/oidc/.well-known/oauth-authorization-server`)
  const { token_endpoint: endpoint } = (await metadata.json()) as { token_endpoint: string }
  const { clientId = '', clientSecret } = signIn
  const answer = await fetch(endpoint, {
    method: 'POST',
    redirect: 'manual',
    ...(clientSecret === undefined
      ? { body: await exchangeForm(url, endpoint, signIn) }
      : {
          headers: {
            authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
          },
          body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }),
        }),
  })
  const said = (await answer.json()) as { access_token?: string; error: string; error_description: string }
  if (said.access_token !== undefined) return { token: said.access_token }
  return { refusal: { status: answer.status, error: said.error, description: said.error_description } }
}

async function exchangeForm(url: string, endpoint: string, signIn: SignIn): Promise<URLSearchParams> {
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token: await jwtOf(url, endpoint, signIn),
    scope: 'all-apis',
    ...(signIn.clientId === undefined ? {} : { client_id: signIn.clientId }),
  })
}

async function jwtOf(
  url: string,
  endpoint: string,
  { oidcToken, oidcTokenFile, github, tokenAudience }: SignIn,
): Promise<string> {
  if (oidcToken !== undefined) return oidcToken
  if (oidcTokenFile !== undefined) return readFile(oidcTokenFile, 'utf8')
  if (github === undefined) throw new Error('There is no JWT to sign in with.')
  const from = new URL(github.url)
  from.searchParams.set('audience', tokenAudience ?? (await audienceOf(url)) ?? endpoint)
  const answer = await fetch(from, { headers: { authorization: `Bearer ${github.requestToken}` } })
  return ((await answer.json()) as { value: string }).value
}

/** Returns the audience in the host's metadata, if it has any. */
async function audienceOf(url: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/.well-known/databricks-config`)
  if (!answer.ok) return undefined
  const said = (await answer.json()) as { token_federation_default_oidc_audiences?: string[] }
  return said.token_federation_default_oidc_audiences?.[0]
}
