import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { EmulatedGitHub } from '../../../emulator/github.js'
import { everythingSaid } from '../sync-step.js'
import {
  CLIENT_ID,
  SUBJECT,
  signInPaths,
  signInTo,
  startWorld,
  type SignInWorld,
} from './service-principal.js'

const DISCOVERY = 'GET /oidc/.well-known/oauth-authorization-server'
const TOKEN = 'POST /oidc/v1/token'

let world: SignInWorld
let folder: string

beforeEach(async () => {
  world = await startWorld()
  folder = await mkdtemp(path.join(tmpdir(), 'sign-in-'))
})

afterEach(async () => {
  await world.close()
  await rm(folder, { recursive: true })
})

async function jwt(audience = 'fake-audience'): Promise<string> {
  return await world.github.sign({ aud: audience })
}

// Security teams avoid stored tokens. These methods need none, or only one with few permissions.
describe('authentication', () => {
  test('with a client secret costs two requests', async () => {
    const step = await signInTo(world, { 'client-id': CLIENT_ID, 'client-secret': world.clientSecret })
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringContaining('Authentication  oauth-m2m (client-id, client-secret)'),
    ])
    expect(signInPaths(world)).toEqual([DISCOVERY, TOKEN])
    expect(world.workspace.store.scope('storage').acls.get(CLIENT_ID)).toBe('MANAGE')
  })

  test('with the token of the job costs four requests, one of them to GitHub, and shows no token', async () => {
    const step = await signInTo(
      world,
      { 'client-id': CLIENT_ID },
      { runnerVariables: world.github.variables },
    )
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringContaining('Authentication  github-oidc (client-id)'),
    ])
    expect(signInPaths(world)).toEqual(['GET /.well-known/databricks-config', DISCOVERY, 'GET /token', TOKEN])
    expect(world.github.requests.all[0]?.query.get('audience')).toBe('fake-audience')
    // Each token is masked as soon as it exists: the exchanged one gives access to the workspace, too.
    const [issued] = world.workspace.tokens.issued
    expect(step.masks).toEqual(expect.arrayContaining([issued?.token, 'fake-request-token']))
    expect(step.masks.some((mask) => /^ey[\w-]+\.ey[\w-]+\.[\w-]+$/.test(mask))).toBe(true)
    expect(everythingSaid(step)).not.toMatch(/fake-access-token|fake-request-token|ey[\w-]{20}/)
  })

  test('with token-audience costs one request less', async () => {
    const step = await signInTo(
      world,
      { 'client-id': CLIENT_ID, 'token-audience': 'fake-audience' },
      { runnerVariables: world.github.variables },
    )
    expect(step.exitCode).toBe(0)
    expect(signInPaths(world)).toEqual([DISCOVERY, 'GET /token', TOKEN])
  })

  test('with a token of a variable costs two requests', async () => {
    const step = await signInTo(
      world,
      { 'client-id': CLIENT_ID },
      { env: { DATABRICKS_OIDC_TOKEN: await jwt() } },
    )
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringContaining('Authentication  env-oidc (DATABRICKS_OIDC_TOKEN, client-id)'),
    ])
    expect(signInPaths(world)).toEqual([DISCOVERY, TOKEN])
  })

  test('with a token in the variable that DATABRICKS_OIDC_TOKEN_ENV names', async () => {
    const env = {
      DATABRICKS_OIDC_TOKEN_ENV: 'MY_TOKEN',
      MY_TOKEN: await jwt(),
      DATABRICKS_CLIENT_ID: CLIENT_ID,
    }
    const step = await signInTo(world, {}, { env })
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringContaining('DATABRICKS_OIDC_TOKEN from MY_TOKEN'),
    ])
  })

  test('with a token of a file costs two requests', async () => {
    const file = path.join(folder, 'token')
    await writeFile(file, `${await jwt()}\n`)
    const env = { DATABRICKS_OIDC_TOKEN_FILEPATH: file, DATABRICKS_CLIENT_ID: CLIENT_ID }
    const step = await signInTo(world, {}, { env })
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('Authentication  file-oidc')])
    expect(signInPaths(world)).toEqual([DISCOVERY, TOKEN])
  })

  test('with a personal access token costs none', async () => {
    const step = await signInTo(world, { token: 'fake-token-of-ada' })
    expect([step.exitCode, signInPaths(world)]).toEqual([0, []])
  })

  // An older host has no metadata. Then the audience is the address of its token endpoint.
  test('with the token of the job at a host without metadata', async () => {
    await world.close()
    world = await startWorld({ discovery: 'none', servicePrincipals: [] })
    const { workspace, github } = world
    const step = await signInTo(world, { 'client-id': CLIENT_ID }, { runnerVariables: github.variables })
    expect(github.requests.all[0]?.query.get('audience')).toBe(`${workspace.url}/oidc/v1/token`)
    expect(step.exitCode).toBe(1)
  })

  test('without a client id is account-wide federation', async () => {
    const { issuer, jwksUri } = world.github
    const policy = { issuer, jwksUri, audiences: ['fake-audience'], subjectClaim: 'repository_owner' }
    const other = await startWorld({
      accountPolicies: [policy],
      identities: [{ token: 'fake-token', name: 'octo-org' }],
    })
    const runnerVariables = world.github.variables
    const step = await signInTo(other, { 'auth-type': 'github-oidc' }, { runnerVariables })
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('Authentication  github-oidc\n')])
    await other.close()
  })
})

// Otherwise, the step could succeed with another identity.
describe('a variable of the runner', () => {
  const TOKEN_OF_ADA = { DATABRICKS_TOKEN: 'fake-token-of-ada' }

  // __tests__/inputs/read-inputs.test.ts has other empty inputs.
  test('does not replace an input of the workflow', async () => {
    const inputs = { 'client-id': CLIENT_ID, 'client-secret': '' }
    const step = await signInTo(world, inputs, { env: TOKEN_OF_ADA })
    expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining('Error: client-id: ')])
    expect([...world.workspace.requests.all, ...world.github.requests.all]).toEqual([])
  })

  test('is named in the log and the summary if it is used', async () => {
    const step = await signInTo(world, { token: '' }, { env: TOKEN_OF_ADA })
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringContaining('Authentication  pat (token from DATABRICKS_TOKEN)'),
    ])
    expect(step.summary).toContain('Signed in with `pat`, `token from DATABRICKS_TOKEN`.')
  })
})

// A reusable workflow may pass all of its inputs.
test('with auth-type, inputs of other methods are ignored, with one notice', async () => {
  // Not even a client ID that is a number, which is an error otherwise, stops the run.
  const inputs = { 'auth-type': 'pat', token: 'fake-token-of-ada', 'client-id': '1234567890' }
  const step = await signInTo(world, { ...inputs, 'client-secret': world.clientSecret })
  expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('Authentication  pat (token)')])
  expect(step.annotations.map(({ level, message }) => [level, message])).toEqual([
    ['notice', 'With auth-type pat, these inputs are not used: client-id, client-secret.'],
  ])
  expect(step.summary).not.toContain('Signed in with')
})

// If this fails, an admin has to look up the principal for the command.
test('the error for a missing permission has the command that grants it to this service principal', async () => {
  world.workspace.store.createScope('storage', { acls: { [CLIENT_ID]: 'READ' } })
  const inputs = { 'client-id': CLIENT_ID, 'client-secret': world.clientSecret }
  const { exitCode, log, summary } = await signInTo(world, inputs)
  const command = `databricks secrets put-acl storage ${CLIENT_ID} WRITE`
  expect([exitCode, log.split('\n')]).toEqual([1, expect.arrayContaining([command])])
  expect(summary).toContain(`> \`\`\`sh\n> ${command}\n> \`\`\`\n`)
})

describe('a mistake', () => {
  async function failure(
    inputs: Record<string, string>,
    step: Parameters<typeof signInTo>[2] = {},
  ): Promise<string> {
    const result = await signInTo(world, inputs, step)
    expect(result.exitCode).toBe(1)
    expect(world.workspace.requests.all.filter(({ path: call }) => call.startsWith('/api/'))).toEqual([])
    return result.log
  }

  test('in the client secret is reported with what to check', async () => {
    const log = await failure({ 'client-id': CLIENT_ID, 'client-secret': 'fake-wrong-secret' })
    expect(log).toContain('Signing in with oauth-m2m failed.')
    expect(log).toContain('invalid_client, HTTP 401')
    expect(log).toContain('Check client-id, the application id of the service principal, and client-secret')
  })

  // The policy must match the token exactly, but nobody sees the token.
  test.each([
    ['the subject', { subject: 'repo:octo-org/octo-repo:ref:refs/heads/main' }],
    ['the issuer', { issuer: 'https://github.example/_services/token' }],
    ['the audience', { audiences: ['fake-other-audience'] }],
  ])(
    'in the policy, %s, is told with what the token says and the policy that would take it',
    async (_, wrong) => {
      const { github } = world
      const policy = {
        issuer: github.issuer,
        subject: SUBJECT,
        jwksUri: github.jwksUri,
        audiences: ['fake-audience'],
        ...wrong,
      }
      const other = await startWorld({
        servicePrincipals: [{ applicationId: CLIENT_ID, policies: [policy] }],
      })
      await world.workspace.close()
      world = {
        ...world,
        workspace: other.workspace,
        close: () => Promise.all([other.close(), github.close()]).then(() => undefined),
      }
      const log = await failure({ 'client-id': CLIENT_ID }, { runnerVariables: github.variables })
      expect(log).toContain(`The token says: iss ${github.issuer}, aud fake-audience, sub ${SUBJECT}.`)
      expect(log).toContain(
        'databricks account service-principal-federation-policy create SERVICE_PRINCIPAL_ID --json ' +
          `'{"oidc_policy":{"issuer":"${github.issuer}","audiences":["fake-audience"],"subject":"${SUBJECT}"}}'`,
      )
    },
  )

  // If this fails, the error of the token endpoint does not say that the number is the wrong ID.
  test('in client-id, a number, is reported before the first request', async () => {
    const log = await failure({ 'client-id': '1234567890', 'client-secret': 'fake' })
    expect(log).toContain('client-id: is a number')
    expect(log).toContain('Use the application ID of the service principal, which is a UUID.')
    expect(world.workspace.requests.all).toEqual([])
  })

  // Everyone who can push a branch can open a pull request with any workflow.
  test('in the policy is not answered with a policy for pull requests', async () => {
    const github = await EmulatedGitHub.start({ subject: 'repo:octo-org/octo-repo:pull_request' })
    const log = await failure({ 'client-id': CLIENT_ID }, { runnerVariables: github.variables })
    await github.close()
    expect(log).toContain('Create a second service principal with READ on the scope')
    expect(log).not.toContain('federation-policy create')
  })

  test.each([
    ['is empty', { 'client-id': CLIENT_ID }, true],
    ['is not meant', { 'client-id': CLIENT_ID, 'auth-type': 'github-oidc' }, false],
  ])('in federation reports whether the client secret %s', async (_, inputs, isTold) => {
    const log = await failure(
      { ...inputs, 'token-audience': 'fake-other-audience' },
      { runnerVariables: world.github.variables },
    )
    expect(log).toContain('No federation policy accepts this token')
    expect(/No federation policy .* client-secret is empty, if you meant/.test(log)).toBe(isTold)
  })

  test('in account-wide federation reports that the client id is empty', async () => {
    const log = await failure({ 'auth-type': 'github-oidc' }, { runnerVariables: world.github.variables })
    expect(log).toContain('client-id is empty, so account-wide federation was tried')
  })

  test('of quotes around client-secret is reported, and the text between them is masked', async () => {
    const inputs = { 'client-id': CLIENT_ID, 'client-secret': "'fake-secret'", 'auth-type': 'oauth-m2m' }
    const step = await signInTo(world, inputs)
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('Error: client-secret: is in quotes.'),
    ])
    expect(step.masks).toContain('fake-secret')
  })

  test('an unknown client is reported', async () => {
    const log = await failure(
      { 'client-id': '00000000-0000-4000-8000-0000000000ff' },
      { runnerVariables: world.github.variables },
    )
    expect(log).toContain('or client-id is not that of the service principal')
  })

  test('a missing permission is reported before the first request, with the fix', async () => {
    const log = await failure({ 'client-id': CLIENT_ID })
    expect(log).toContain('give the job the permissions id-token: write and contents: read (github-oidc)')
    expect(log).toContain('Stopped before the first request')
  })

  test('a request token that GitHub rejects is reported', async () => {
    const variables = { ...world.github.variables, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'fake-wrong' }
    const log = await failure({ 'client-id': CLIENT_ID }, { runnerVariables: variables })
    expect(log).toContain('Signing in with github-oidc failed.')
    expect(log).toContain(world.github.url)
  })

  test('an expired token is reported', async () => {
    const expired = await world.github.sign({ aud: 'fake-audience', exp: 1 })
    const log = await failure({ 'client-id': CLIENT_ID }, { env: { DATABRICKS_OIDC_TOKEN: expired } })
    expect(log).toContain('Signing in with env-oidc failed.')
  })

  test.each([
    ['is not there', undefined, 'cannot be read'],
    ['holds something else', 'a b c', 'must contain one token and nothing else'],
  ])('a file that %s is reported', async (_, content, message) => {
    const file = path.join(folder, 'token')
    if (content !== undefined) await writeFile(file, content)
    const log = await failure(
      {},
      { env: { DATABRICKS_OIDC_TOKEN_FILEPATH: file, DATABRICKS_CLIENT_ID: CLIENT_ID } },
    )
    expect(log).toContain(message)
  })
})
