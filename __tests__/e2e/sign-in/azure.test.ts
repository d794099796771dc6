import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { EmulatedGitHub } from '../../../emulator/github.js'
import type { StepResult } from '../../runner/step.js'
import { everythingSaid } from '../sync-step.js'
import {
  APPLICATION,
  SECRET,
  signInOnAzure,
  startAzureWorld,
  TENANT,
  type AzureWorld,
} from './azure-world.js'
import { CLIENT_ID } from './service-principal.js'

let world: AzureWorld
let folder: string

beforeEach(async () => {
  world = await startAzureWorld()
  folder = await mkdtemp(path.join(tmpdir(), 'azure-'))
})

afterEach(async () => {
  await world.close()
  await rm(folder, { recursive: true })
})

async function onAzure(
  inputs: Record<string, string>,
  variables?: Record<string, string>,
  host?: string,
): Promise<StepResult> {
  return await signInOnAzure(world, inputs, variables, host)
}

describe('authentication on Azure', () => {
  test.each([
    ['https://adb-1.2.azuredatabricks.net', 'login.microsoftonline.com'],
    ['https://adb-1.2.databricks.azure.us', 'login.microsoftonline.us'],
    ['https://adb-1.2.databricks.azure.cn', 'login.chinacloudapi.cn'],
  ])('with a client secret, at %s, sends one request to %s', async (host, login) => {
    const step = await onAzure({ ...APPLICATION, 'azure-client-secret': SECRET }, {}, host)
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringContaining('Authentication  azure-client-secret'),
    ])
    expect(world.front.connects.filter((name) => name.startsWith('login.'))).toEqual([`${login}:443`])
    expect(world.entra.tokens.issued).toHaveLength(1)
    expect(everythingSaid(step)).not.toMatch(/fake-entra/)
  })

  test('with the token of the job costs two requests', async () => {
    const step = await onAzure(APPLICATION, world.github.variables)
    expect([step.exitCode, step.log]).toEqual([
      0,
      expect.stringContaining('Authentication  github-oidc-azure'),
    ])
    expect([
      world.github.requests.all.filter(({ path: call }) => call === '/token').length,
      world.entra.requests.all.length,
    ]).toEqual([1, 1])
  })

  test.each([
    [
      'a wrong secret',
      { 'azure-client-secret': 'fake-wrong' },
      'AADSTS7000215',
      'azure-client-secret, which may have expired',
    ],
    [
      'a wrong tenant',
      { 'azure-client-secret': SECRET, 'azure-tenant-id': 'fake' },
      'AADSTS90002',
      'azure-tenant-id',
    ],
  ])('reports %s with the code of Entra ID and what to check', async (_, inputs, code, advice) => {
    const step = await onAzure({ ...APPLICATION, ...inputs })
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain(code)
    expect(step.log).toContain(advice)
  })

  test('reports a job that the application does not trust, with the claims of the token', async () => {
    const other = await EmulatedGitHub.start({ subject: 'repo:octo-org/other:pull_request' })
    const step = await onAzure(APPLICATION, other.variables)
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('sub repo:octo-org/other:pull_request'),
    ])
    await other.close()
  })
})

describe('authentication with the Azure CLI', () => {
  /** Adds an `az` to the path that runs this script. */
  async function withAz(script: string): Promise<Record<string, string>> {
    const bin = path.join(folder, 'bin')
    await mkdir(bin)
    await writeFile(path.join(bin, 'az'), `#!/bin/sh\n${script}\n`)
    await chmod(path.join(bin, 'az'), 0o755)
    await writeFile(path.join(folder, 'azureProfile.json'), '{}')
    return { PATH: `${bin}:/usr/bin:/bin`, AZURE_CONFIG_DIR: folder }
  }

  async function tokenOfEntra(): Promise<string> {
    const form = { grant_type: 'client_credentials', client_id: CLIENT_ID, client_secret: SECRET }
    const resource = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'
    const body = new URLSearchParams({ ...form, resource })
    const answer = await fetch(`${world.entra.url}/${TENANT}/oauth2/token`, { method: 'POST', body })
    return ((await answer.json()) as { access_token: string }).access_token
  }

  test('starts az once, without inputs, credentials and values', async () => {
    const token = await tokenOfEntra()
    const seen = path.join(folder, 'seen')
    const variables = await withAz(
      `env > '${seen}'; echo "$@" >> '${seen}'; echo '{"accessToken": "${token}", "expires_on": 9999999999}'`,
    )
    const step = await onAzure(
      { secrets: '', 'secret-envs': 'blob=MY_SECRET' },
      {
        ...variables,
        MY_SECRET: 'fake-in-a-variable',
        ARM_SUBSCRIPTION_ID: 'fake',
        ...world.github.variables,
        DATABRICKS_AUTH_TYPE: 'azure-cli',
      },
    )
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('Authentication  azure-cli')])
    const environment = await readFile(seen, 'utf8')
    expect(environment).toContain(
      'account get-access-token --resource 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d -o json',
    )
    expect(environment).not.toMatch(/INPUT_|ACTIONS_|ARM_|DATABRICKS_|fake-in-a-variable|fake-request-token/)
    expect(environment).toContain('AZURE_CONFIG_DIR=')
    expect(everythingSaid(step)).not.toContain(token)
  })

  // Otherwise, the step could succeed with the identity of an earlier azure/login step.
  test('does not replace authentication with an empty secret', async () => {
    const step = await onAzure({ ...APPLICATION, 'azure-client-secret': '' }, await withAz("echo '{}'"))
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('Error: azure-client-id: the job cannot request an OIDC token'),
    ])
    expect(world.workspace.requests.all).toEqual([])
  })

  test('does not replace authentication with an empty token', async () => {
    const step = await onAzure({ token: '' }, await withAz("echo '{}'"))
    expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining('Error: token: not set')])
  })

  test.each([
    [
      'nobody has signed in',
      'echo "ERROR: Please run az login to setup account." >&2; exit 1',
      'Please run az login',
    ],
    ['it has no token', "echo '{}'", 'The output of the Azure CLI contains no token'],
  ])('reports that %s', async (_, script, message) => {
    const step = await onAzure({ 'auth-type': 'azure-cli' }, await withAz(script))
    expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining(message)])
    expect(world.workspace.requests.all).toEqual([])
  })

  test('reports that az is missing', async () => {
    await writeFile(path.join(folder, 'azureProfile.json'), '{}')
    const step = await onAzure({ 'auth-type': 'azure-cli' }, { PATH: folder, AZURE_CONFIG_DIR: folder })
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('The Azure CLI is not installed on this runner'),
    ])
  })
})
