import { EmulatedEntra, type EntraOptions } from '../../emulator/entra.js'
import { EmulatedGitHub } from '../../emulator/github.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { Clock, closing, postForm, type Answer } from './wire.js'

/** The client id of a service principal and of its app in Entra ID. */
export const CLIENT = '00000000-0000-4000-8000-00000000ab01'
/** Its secret, in Databricks or in Entra ID. */
export const SECRET = 'fake-client-secret'
/** The subject of a GitHub job. */
export const SUBJECT = 'repo:octo-org/octo-repo:ref:refs/heads/main'
/** A tenant of Entra ID. */
export const TENANT = '00000000-0000-4000-8000-00000000e111'

type FormFields = Readonly<Record<string, string | undefined>>

/** Starts a GitHub with a job of `SUBJECT`. It stops after the test. */
export async function startGitHub(clock = new Clock()): Promise<EmulatedGitHub> {
  return closing(await EmulatedGitHub.start({ subject: SUBJECT, clock: clock.now }))
}

/** Starts an Entra ID with one app, `CLIENT`, and its `SECRET`. It stops after the test. */
export async function startEntra(options: Partial<EntraOptions> = {}): Promise<EmulatedEntra> {
  const apps = [{ clientId: CLIENT, clientSecrets: [SECRET] }]
  return closing(await EmulatedEntra.start({ tenantId: TENANT, apps, ...options }))
}

/** Requests an access token of `CLIENT` from a workspace, with a JWT. */
export function exchange(
  workspace: EmulatedWorkspace,
  jwt: string,
  fields: FormFields = {},
): Promise<Answer> {
  return postForm(workspace, '/oidc/v1/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token: jwt,
    scope: 'all-apis',
    client_id: CLIENT,
    ...fields,
  })
}

/** Requests a token of `CLIENT` from Entra ID, with its secret. */
export function signInTo(entra: EmulatedEntra, fields: FormFields = {}, tenant = TENANT): Promise<Answer> {
  return postForm(entra, `/${tenant}/oauth2/token`, {
    grant_type: 'client_credentials',
    client_id: CLIENT,
    client_secret: SECRET,
    resource: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d',
    ...fields,
  })
}

const REFUSED = 'No federation policy takes the subject_token: refused for its'

/** The response to a JWT that no policy accepts. */
export function refusedFor(flaw: string): object {
  return { status: 400, body: { error: 'invalid_grant', error_description: `${REFUSED} ${flaw}.` } }
}
