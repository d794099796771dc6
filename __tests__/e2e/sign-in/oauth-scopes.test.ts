/** The API scopes that OAuth tokens are requested with. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { json } from '../../../emulator/reply.js'
import type { Step, StepResult } from '../../runner/step.js'
import { APPLICATION, SECRET, signInOnAzure, startAzureWorld } from './azure-world.js'
import { CLIENT_ID, signInTo, startWorld, type SignInWorld } from './service-principal.js'

/** The scopes of a workspace that has single ones. */
const SINGLE = ['all-apis', 'secrets', 'unity-catalog', 'scim']

let world: SignInWorld
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'oauth-scopes-'))
})

afterEach(async () => {
  await world.close()
  await rm(folder, { recursive: true })
})

/**
 * Starts a workspace that knows these API scopes.
 *
 * @param limitedTo The API scopes of the credentials of the service principal; default all.
 */
async function start(apiScopes: readonly string[], limitedTo?: readonly string[]): Promise<void> {
  world = await startWorld({ apiScopes }, limitedTo)
}

/** Each method that gets its token from Databricks, with what it needs. */
const METHODS: Record<string, () => Promise<[inputs: Record<string, string>, step: Step]>> = {
  'oauth-m2m': () => Promise.resolve([{ 'client-secret': world.clientSecret }, {}]),
  'github-oidc': () => Promise.resolve([{}, { runnerVariables: world.github.variables }]),
  'env-oidc': async () => [{}, { env: { DATABRICKS_OIDC_TOKEN: await jwt() } }],
  'file-oidc': async () => {
    const file = path.join(folder, 'token')
    await writeFile(file, await jwt())
    return [{}, { env: { DATABRICKS_OIDC_TOKEN_FILEPATH: file } }]
  },
}

async function jwt(): Promise<string> {
  return await world.github.sign({ aud: 'fake-audience' })
}

async function signInWith(method: string, scopes?: string): Promise<StepResult> {
  const [inputs, step] = (await METHODS[method]?.()) ?? [{}, {}]
  const all = { 'client-id': CLIENT_ID, ...inputs, ...(scopes !== undefined && { 'oauth-scopes': scopes }) }
  return await signInTo(world, all, step)
}

/** The forms that the token endpoint received. */
function requestedTokens(): string[] {
  const { all } = world.workspace.requests
  return all.filter(({ path }) => path === '/oidc/v1/token').map(({ rawBody }) => rawBody.toString())
}

describe.each(Object.keys(METHODS))('%s', (method) => {
  // A client secret with single API scopes is of no use to a client that always asks for all-apis.
  test('requests the API scopes of the input, and is let in with them', async () => {
    await start(SINGLE, ['secrets', 'unity-catalog'])
    const step = await signInWith(method, 'secrets, unity-catalog')
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringMatching(new RegExp(`Authentication {2}${method} \\(.*, oauth-scopes\\)\n`)),
    ])
    expect(requestedTokens()).toEqual([expect.stringContaining('scope=secrets+unity-catalog')])
    expect(world.workspace.tokens.issued.map(({ apiScopes }) => apiScopes)).toEqual([
      ['secrets', 'unity-catalog'],
    ])
  })

  // Workspaces that know no single API scopes must not notice the new input.
  test('requests all-apis by default', async () => {
    await start(['all-apis'])
    const step = await signInWith(method)
    expect(step.exitCode).toBe(0)
    expect(step.log).toMatch(new RegExp(`Authentication {2}${method} \\((?!.*oauth-scopes)`))
    expect(requestedTokens()).toEqual([expect.stringMatching(/(^|&)scope=all-apis(&|$)/)])
  })

  test('reports API scopes that its credentials do not have', async () => {
    await start(SINGLE, ['secrets'])
    const step = await signInWith(method)
    const holder = method === 'oauth-m2m' ? 'client secret' : 'service principal'
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining(
        `The ${holder} does not have the API scope all-apis. Set the input oauth-scopes to API scopes that it has: ` +
          'secrets for a secret scope, unity-catalog for Unity Catalog secrets.',
      ),
    ])
    expect(step.log).not.toMatch(/federation policy takes|may have expired/)
  })

  test('reports API scopes that the workspace does not know', async () => {
    await start(['all-apis'])
    const step = await signInWith(method, 'secrets')
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('Check the spelling in the input oauth-scopes.'),
    ])
    expect(step.log).not.toMatch(/federation policy takes|may have expired/)
  })
})

describe('oauth-scopes', () => {
  test('that do not cover the calls of the run are reported with the missing one', async () => {
    await start(SINGLE)
    const step = await signInWith('oauth-m2m', 'unity-catalog')
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining(
        'The token of this run does not have the API scope secrets. Add it to the input oauth-scopes',
      ),
    ])
    expect(world.workspace.store.scopes).toEqual([])
  })

  // The one call of another API finds out who this run is, so that it does not lock itself out.
  test('without the identity are reported where permissions need it', async () => {
    await start(SINGLE)
    const inputs = {
      'client-id': CLIENT_ID,
      'client-secret': world.clientSecret,
      permissions: 'users=READ',
    }
    const refused = await signInTo(world, { ...inputs, 'oauth-scopes': 'secrets' })
    expect([refused.exitCode, refused.log]).toEqual([
      1,
      expect.stringContaining('If the input oauth-scopes is set, it may lack the API scope for this'),
    ])
    expect(world.workspace.store.scopes).toEqual([])
    const step = await signInTo(world, { ...inputs, 'oauth-scopes': 'secrets scim' })
    expect(step.exitCode).toBe(0)
    expect(world.workspace.store.scope('storage').acls.get('users')).toBe('READ')
  })

  // A reusable workflow passes all inputs. Which method is used must not depend on this one.
  test('do not select a method, and are named as unused with auth-type', async () => {
    await start(SINGLE)
    const token = { token: 'fake-token-of-ada', 'oauth-scopes': 'secrets' }
    const step = await signInTo(world, token)
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('Authentication  pat (token)\n')])
    const { annotations } = await signInTo(world, { ...token, 'auth-type': 'pat' })
    expect(annotations).toContainEqual(
      expect.objectContaining({
        message: 'With auth-type pat, these inputs are not used: oauth-scopes.',
      }),
    )
    expect(requestedTokens()).toEqual([])
  })

  test('are not sent to Entra ID', async () => {
    await start(SINGLE)
    const azure = await startAzureWorld()
    const inputs = {
      ...APPLICATION,
      'azure-client-secret': SECRET,
      'auth-type': 'azure-client-secret',
      'oauth-scopes': 'secrets',
    }
    const step = await signInOnAzure(azure, inputs)
    const bodies = azure.entra.requests.all.map(({ rawBody }) => rawBody.toString())
    await azure.close()
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringContaining('these inputs are not used: oauth-scopes.'),
    ])
    expect(bodies).toEqual([expect.not.stringContaining('scope')])
  })

  test('that are no names are an input error before the first request', async () => {
    await start(SINGLE)
    const step = await signInWith('oauth-m2m', '"secrets"')
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('Error: oauth-scopes: not a list of API scopes.'),
    ])
    expect(world.workspace.requests.all).toEqual([])
  })

  test('in other words of the token endpoint are advised too', async () => {
    await start(SINGLE)
    world.workspace.intercept(({ path }) =>
      path === '/oidc/v1/token' ? json(403, { error: 'access_denied', error_description: 'No.' }) : undefined,
    )
    const step = await signInWith('oauth-m2m')
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining(
        'may have expired. The service principal must be in this workspace. The API scopes in the input oauth-scopes',
      ),
    ])
  })
})
