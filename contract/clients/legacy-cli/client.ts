import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Operation } from '../../operations.js'
import type { Refusal } from '../../refusals.js'
import type { Client, ExpectedReport, InstalledClient, Outcome, Target } from '../client.js'
import { isolatedEnv, run, type Ended } from '../process.js'
import { pythonSettings, pythonVenv } from '../python-venv.js'
import { commandOf } from './commands.js'

/** The CLI that came from PyPI, before the one written in Go: old, but what many guides and scripts still call. */
export const legacyCli: Client = {
  name: 'old CLI',
  async install(folder): Promise<InstalledClient> {
    const bin = await pythonVenv(folder, 'legacy-cli', path.join(import.meta.dirname, 'requirements.txt'))
    const program = path.join(bin, 'databricks')
    const home = await mkdtemp(path.join(tmpdir(), 'legacy-cli-'))
    const env = {
      ...isolatedEnv(home, pythonSettings(bin)),
      // It hands over to a newer CLI that it finds on the PATH (databricks_cli/cli.py).
      DATABRICKS_CLI_DO_NOT_EXECUTE_NEWER_VERSION: '1',
    }
    const { stdout } = await run(program, ['--version'], { env })
    return {
      version: /^Version (\S+)$/.exec(stdout.trim())?.[1] ?? unreadable('--version'),
      open: (target) => {
        const environment = { ...env, ...environmentOf(target) }
        return Promise.resolve({
          call: (operation) => call(program, operation, target, home, environment),
          close: () => Promise.resolve(),
        })
      },
      close: () => rm(home, { recursive: true, force: true }),
    }
  },
  reports: reportOf,
  // sdk/api_client.py mounts what retries (429 alone) on https://, and the emulator is called without TLS.
  retries: () => false,
}

/** databricks_cli/utils.py, eat_exceptions: `Error: ` and the bytes of the body as Python writes them, or a fixed text. */
function reportOf({ status, code, message }: Refusal): ExpectedReport {
  if (status === 401) {
    return { text: 'Error: Your authentication information may be incorrect. Please reconfigure with' }
  }
  if (status === 403) {
    return { text: 'Error: Authorization failed. Your token may be expired or lack the valid scope' }
  }
  if (code === undefined) return { text: `Error: b'${asBytes(message ?? '')}` }
  return {
    code: String(code),
    text: message === undefined ? `Error: b'{"` : asBytes(JSON.stringify(message).slice(1, -1)),
  }
}

/** Text as it looks inside Python's `b'...'`. */
function asBytes(text: string): string {
  return text.replace(/[\\']/g, '\\$&')
}

/** It drops the port of its host (sdk/api_client.py), so a workspace on a port has to be its proxy. */
function environmentOf({ url, token }: Target): NodeJS.ProcessEnv {
  const { protocol, port } = new URL(url)
  if (port === '') return { DATABRICKS_HOST: url, DATABRICKS_TOKEN: token }
  if (protocol !== 'http:') throw new Error('The old CLI cannot call a port other than 443 with TLS.')
  return { DATABRICKS_HOST: 'http://workspace.test', DATABRICKS_TOKEN: token, http_proxy: url, no_proxy: '' }
}

async function call(
  program: string,
  operation: Operation,
  target: Target,
  home: string,
  env: NodeJS.ProcessEnv,
): Promise<Outcome | undefined> {
  // It knows nothing of hosts that serve several workspaces.
  if (target.workspaceId !== undefined) return undefined
  const command = await commandOf(operation, home)
  if (command === undefined) return undefined
  try {
    const ended = await run(program, ['secrets', ...command.args], { env: { ...env, ...command.env } })
    return outcomeOf(operation, ended)
  } finally {
    await command.clean()
  }
}

function outcomeOf(operation: Operation, { exitCode, stdout }: Ended): Outcome {
  if (exitCode === 0) return { answer: answerOf(operation, stdout) }
  if (exitCode !== 1 || !stdout.startsWith('Error: ')) unreadable(operation.do)
  const code = /"error_code":\s*"?(\w+)/.exec(stdout)?.[1]
  return { error: { text: stdout, ...(code === undefined ? {} : { code }) } }
}

interface Listing {
  readonly scopes?: readonly {
    readonly name: string
    readonly backend_type: string
    readonly keyvault_metadata?: { readonly dns_name: string }
  }[]
  readonly secrets?: readonly { readonly key: string; readonly last_updated_timestamp: number }[]
  readonly items?: unknown
}

function answerOf({ do: name }: Operation, stdout: string): unknown {
  switch (name) {
    case 'listScopes':
      return (listingOf(name, stdout).scopes ?? []).map(
        ({ name: scope, backend_type: backend, keyvault_metadata: vault }) => ({
          name: scope,
          backend,
          ...(vault === undefined ? {} : { vault: vault.dns_name }),
        }),
      )
    case 'listSecrets':
      return (listingOf(name, stdout).secrets ?? []).map(({ key, last_updated_timestamp: lastUpdated }) => ({
        key,
        lastUpdated,
      }))
    case 'listAcls':
      return listingOf(name, stdout).items ?? []
    case 'getAcl':
      return listingOf(name, stdout)
    default:
      // Who says nothing has done it; anything else is a notice that nobody has read yet.
      return stdout === '' ? null : unreadable(name)
  }
}

function listingOf(name: string, stdout: string): Listing {
  try {
    return JSON.parse(stdout) as Listing
  } catch {
    return unreadable(name)
  }
}

/** Without what it printed: that may hold a secret. */
function unreadable(what: string): never {
  throw new Error(`The old CLI ended ${what} in a way that nobody can read.`)
}
