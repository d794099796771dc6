import { EmulatedGitHub } from '../../emulator/github.js'
import { apiError, plainJson } from '../../emulator/reply.js'
import { APPLICATION, signInOnAzure, startAzureWorld } from '../e2e/sign-in/azure-world.js'
import { CLIENT_ID, SUBJECT, signInTo, startWorld } from '../e2e/sign-in/service-principal.js'
import type { StepResult } from '../runner/step.js'
import { against, faulty, type Scenario, type Scenarios } from './scenario.js'

/** Has the workspace refuse everything. */
function refused(status: number, code: string | number, message: string): Scenario {
  return async () =>
    await against({}, (workspace) => {
      workspace.intercept(() => apiError(status, code, message))
    })
}

/** Signs in as a service principal that has a secret, and a federation policy for the audience `fake-audience`. */
async function signIn(inputs: Record<string, string>, withJob: boolean): Promise<StepResult> {
  const world = await startWorld()
  try {
    const runnerVariables = withJob ? world.github.variables : {}
    return await signInTo(world, { 'client-id': CLIENT_ID, ...inputs }, { runnerVariables })
  } finally {
    await world.close()
  }
}

/**
 * Signs in with a client secret to a workspace with these API scopes.
 *
 * @param limitedTo The API scopes of the client secret; default all.
 */
function signInWithScopes(
  apiScopes: readonly string[],
  inputs: Record<string, string>,
  limitedTo?: readonly string[],
): Scenario {
  return async () => {
    const world = await startWorld({ apiScopes }, limitedTo)
    try {
      return await signInTo(world, {
        'client-id': CLIENT_ID,
        'client-secret': world.clientSecret,
        ...inputs,
      })
    } finally {
      await world.close()
    }
  }
}

/** Signs in with the token of a job that has this subject. */
async function signInWithSubject(subject: string, inputs: Record<string, string>): Promise<StepResult> {
  const world = await startWorld()
  const job = await EmulatedGitHub.start({ subject })
  try {
    return await signInTo(world, inputs, { runnerVariables: job.variables })
  } finally {
    await world.close()
    await job.close()
  }
}

/** Signs in on Azure as an application that has a secret, and trusts a job of octo-org/octo-repo. */
async function signInByEntra(inputs: Record<string, string>, subject?: string): Promise<StepResult> {
  const world = await startAzureWorld()
  const job = subject === undefined ? undefined : await EmulatedGitHub.start({ subject })
  try {
    return await signInOnAzure(world, { ...APPLICATION, ...inputs }, job?.variables)
  } finally {
    await world.close()
    await job?.close()
  }
}

/** What the workspace says to whom it does not let in. */
export const OF_SIGN_IN: Scenarios = {
  'refused the request (HTTP 403). It says: "Invalid access token".': faulty({
    token: 'fake-token-of-nobody',
  }),
  'refused the request (HTTP 401).': refused(401, 401, 'Credential was not sent.'),
  'The IP access list of the workspace does not include this runner': refused(
    403,
    403,
    'Source IP address: 192.0.2.1 is blocked by Databricks IP ACL for workspace: 1',
  ),
  'The workspace may accept only its private network (Private Link)': refused(
    403,
    403,
    'Unauthorized access to Org: 1',
  ),
  'The token may belong to another workspace': refused(403, 403, 'Invalid access to Org: 1'),
  'The service principal or user of this run may not be in this workspace': refused(
    401,
    401,
    'User not authorized.',
  ),
  'The identity of this run may lack the entitlement Workspace access': refused(
    403,
    'PERMISSION_DENIED',
    'No.',
  ),
  'The token is from another Azure tenant than the one of the workspace': refused(
    400,
    '400',
    'io.jsonwebtoken.IncorrectClaimException: Expected iss claim to be: https://sts.windows.net/a/, but was: https://sts.windows.net/b/.',
  ),
  'The workspace returned a token endpoint with another port or without https': async () => {
    const world = await startWorld({ tokenEndpoint: 'http://127.0.0.1:9/oidc/v1/token' })
    try {
      return await signInTo(world, { 'client-id': CLIENT_ID, 'client-secret': world.clientSecret })
    } finally {
      await world.close()
    }
  },
  'No federation policy accepts this token, or client-id is not that of the service principal.': async () =>
    await signIn({ 'token-audience': 'fake-other-audience' }, true),
  'Do not give this service principal access from pull requests': async () =>
    await signInWithSubject('repo:octo-org/octo-repo:pull_request', { 'client-id': CLIENT_ID }),
  'client-id is empty, so account-wide federation was tried': async () =>
    await signInWithSubject(SUBJECT, { 'auth-type': 'github-oidc' }),
  'Signing in with oauth-m2m failed. … Check client-id': async () =>
    await signIn({ 'client-secret': 'fake-wrong-secret' }, false),
  'The … does not have the API scope all-apis. Set the input oauth-scopes': signInWithScopes(
    ['all-apis', 'secrets'],
    {},
    ['secrets'],
  ),
  'The workspace does not give … Check the spelling in the input oauth-scopes.': signInWithScopes(
    ['all-apis'],
    { 'oauth-scopes': 'secrets' },
  ),
  'does not have required scopes: … The token of this run does not have the API scope': signInWithScopes(
    ['all-apis', 'secrets', 'unity-catalog'],
    { 'oauth-scopes': 'unity-catalog' },
  ),
  'Signing in with azure-client-secret failed. … Check azure-client-id': async () =>
    await signInByEntra({ 'azure-client-secret': 'fake-wrong-secret' }),
  'Check azure-client-id and azure-tenant-id, and that the application has a federated credential for this job.':
    async () => await signInByEntra({}, 'repo:octo-org/other:environment:prod'),
  'The file in DATABRICKS_OIDC_TOKEN_FILEPATH cannot be read.': faulty(
    { token: '', 'client-id': CLIENT_ID },
    { env: { DATABRICKS_OIDC_TOKEN_FILEPATH: '/no/such/token' } },
  ),
  'The workspace returned a token endpoint on another host': async () =>
    await against(
      {},
      (workspace) => {
        workspace.intercept(({ path }) =>
          path.includes('.well-known') || path.includes('oidc')
            ? plainJson(200, { token_endpoint: 'https://elsewhere.invalid/oidc/v1/token' })
            : undefined,
        )
      },
      { token: '', 'client-id': CLIENT_ID, 'client-secret': 'fake-secret' },
    ),
  'refused the request (INTERNAL_ERROR, HTTP 500).': refused(500, 'INTERNAL_ERROR', 'Oops.'),
}
