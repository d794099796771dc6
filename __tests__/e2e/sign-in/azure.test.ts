import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { EmulatedEntra } from '../../../emulator/entra.js'
import { EmulatedGitHub } from '../../../emulator/github.js'
import { TlsFront } from '../../../emulator/tls-front.js'
import { EmulatedWorkspace } from '../../../emulator/workspace.js'
import type { Step, StepResult } from '../../runner/step.js'
import { everythingSaid } from '../sync-step.js'
import { CLIENT_ID, SUBJECT, signInTo } from './service-principal.js'

const TENANT = '00000000-0000-4000-8000-00000000007e'
const SECRET = 'fake-entra-secret'

let entra: EmulatedEntra
let github: EmulatedGitHub
let workspace: EmulatedWorkspace
let front: TlsFront
let folder: string

beforeEach(async () => {
  github = await EmulatedGitHub.start({ subject: SUBJECT })
  const { issuer, jwksUri } = github
  const federated = { issuer, subject: SUBJECT, audience: 'api://AzureADTokenExchange', jwksUri }
  entra = await EmulatedEntra.start({
    tenantId: TENANT,
    apps: [{ clientId: CLIENT_ID, clientSecrets: [SECRET], federatedCredentials: [federated] }],
  })
  workspace = await EmulatedWorkspace.start({ servicePrincipals: [{ applicationId: CLIENT_ID }], entra })
  const names = ['adb-1.2.azuredatabricks.net', 'adb-1.2.databricks.azure.us', 'adb-1.2.databricks.azure.cn']
  const logins = ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.chinacloudapi.cn']
  front = await TlsFront.start({
    ...Object.fromEntries(names.map((name) => [name, workspace.url])),
    ...Object.fromEntries(logins.map((name) => [name, entra.url])),
  })
  folder = await mkdtemp(path.join(tmpdir(), 'azure-'))
})

afterEach(async () => {
  await Promise.all([front.close(), workspace.close(), entra.close(), github.close()])
  await rm(folder, { recursive: true })
})

/** Runs a step on Azure; the internet is what `front` has. */
async function onAzure(
  inputs: Record<string, string>,
  variables: Record<string, string> = {},
  host = 'https://adb-1.2.azuredatabricks.net',
): Promise<StepResult> {
  // An authenticated proxy makes Node warn; this one is not.
  const step: Step = { runnerVariables: { ...front.variables, no_proxy: '127.0.0.1', ...variables } }
  return await signInTo({ workspace }, { host, ...inputs }, step)
}

const application = { 'azure-client-id': CLIENT_ID, 'azure-tenant-id': TENANT }

describe('signing in on Azure', () => {
  test.each([
    ['https://adb-1.2.azuredatabricks.net', 'login.microsoftonline.com'],
    ['https://adb-1.2.databricks.azure.us', 'login.microsoftonline.us'],
    ['https://adb-1.2.databricks.azure.cn', 'login.chinacloudapi.cn'],
  ])('with a client secret, at %s, asks %s, once', async (host, login) => {
    const step = await onAzure({ ...application, 'azure-client-secret': SECRET }, {}, host)
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('Sign-in    azure-client-secret')])
    expect(front.connects.filter((name) => name.startsWith('login.'))).toEqual([`${login}:443`])
    expect(entra.tokens.issued).toHaveLength(1)
    expect(everythingSaid(step)).not.toMatch(/fake-entra/)
  })

  test('with the token of the job costs two requests', async () => {
    const step = await onAzure(application, github.variables)
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('Sign-in    github-oidc-azure')])
    expect([
      github.requests.all.filter(({ path: call }) => call === '/token').length,
      entra.requests.all.length,
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
  ])('tells %s with the code of Entra ID and what to check', async (_, inputs, code, advice) => {
    const step = await onAzure({ ...application, ...inputs })
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain(code)
    expect(step.log).toContain(advice)
  })

  test('tells a job that the application does not trust, with what the token says', async () => {
    const other = await EmulatedGitHub.start({ subject: 'repo:octo-org/other:pull_request' })
    const step = await onAzure(application, other.variables)
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('sub repo:octo-org/other:pull_request'),
    ])
    await other.close()
  })
})

describe('signing in with the Azure CLI', () => {
  /** Puts an `az` on the path that answers with this script. */
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
    const answer = await fetch(`${entra.url}/${TENANT}/oauth2/token`, { method: 'POST', body })
    return ((await answer.json()) as { access_token: string }).access_token
  }

  test('starts az once, with neither inputs nor credentials nor values', async () => {
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
        ...github.variables,
        DATABRICKS_AUTH_TYPE: 'azure-cli',
      },
    )
    expect([step.exitCode, step.log]).toEqual([0, expect.stringContaining('Sign-in    azure-cli')])
    const environment = await readFile(seen, 'utf8')
    expect(environment).toContain(
      'account get-access-token --resource 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d -o json',
    )
    expect(environment).not.toMatch(/INPUT_|ACTIONS_|ARM_|DATABRICKS_|fake-in-a-variable|fake-request-token/)
    expect(environment).toContain('AZURE_CONFIG_DIR=')
    expect(everythingSaid(step)).not.toContain(token)
  })

  test.each([
    [
      'nobody has signed in',
      'echo "ERROR: Please run az login to setup account." >&2; exit 1',
      'Please run az login',
    ],
    ['it has no token', "echo '{}'", 'an answer without a token'],
    ['it prints no JSON', 'echo hello', 'an answer without a token'],
  ])('tells that %s', async (_, script, message) => {
    const step = await onAzure({ 'auth-type': 'azure-cli' }, await withAz(script))
    expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining(message)])
    expect(workspace.requests.all).toEqual([])
  })

  test('tells that there is none', async () => {
    await writeFile(path.join(folder, 'azureProfile.json'), '{}')
    const step = await onAzure({ 'auth-type': 'azure-cli' }, { PATH: folder, AZURE_CONFIG_DIR: folder })
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('There is no Azure CLI on this runner'),
    ])
  })
})
