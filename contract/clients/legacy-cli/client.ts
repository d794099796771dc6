import path from 'node:path'
import { isolatedEnv } from '../../../scripts/environment.js'
import type { Ended } from '../../../scripts/process.js'
import { pythonSettings, pythonVenv } from '../../../scripts/python-venv.js'
import { Workplace } from '../../../scripts/workplace.js'
import { SIGN_IN_CASES } from '../../cases/sign-in.js'
import type { Operation } from '../../operations.js'
import type { Refusal } from '../../refusals.js'
import type { Client, ExpectedError, InstalledClient, Outcome, Target } from '../client.js'
import { scopesOf, secretsOf, type WireScope, type WireSecret } from '../listing.js'
import { commandOf } from './commands.js'

/** The CLI that came from PyPI, before the one written in Go: old, but what many guides and scripts still call. */
export const legacyCli: Client = {
  name: 'old CLI',
  async install(folder): Promise<InstalledClient> {
    const bin = await pythonVenv(folder, 'legacy-cli', path.join(import.meta.dirname, 'requirements.txt'))
    const workplace = new Workplace('old-cli')
    const home = workplace.folder()
    const env = {
      ...isolatedEnv(home, pythonSettings(bin)),
      // It hands over to a newer CLI that it finds on the PATH (databricks_cli/cli.py).
      DATABRICKS_CLI_DO_NOT_EXECUTE_NEWER_VERSION: '1',
    }
    const run = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
      workplace.run(path.join(bin, 'python'), [path.join(bin, 'databricks'), ...args], {
        env: { ...env, ...more },
      })
    const { stdout } = await run(['--version'])
    return {
      version: /^Version (\S+)$/.exec(stdout.trim())?.[1] ?? unreadable('--version'),
      open: (target) => {
        const environment = environmentOf(target)
        return Promise.resolve({
          call: (operation) =>
            call(operation, target, home, (args, more) => run(args, { ...environment, ...more })),
          close: () => Promise.resolve(),
        })
      },
      close: () => workplace.close(),
    }
  },
  cannotSay: {
    // It has no command that reads a secret, or that tells who one is. With both values it refuses on its own; with none it
    // opens an editor. It encodes bytes and writes all its JSON itself.
    // It is older than Unity Catalog's secrets, and its commands for grants want another shape of them.
    operations: [
      ...(['putBoth', 'putNeither', 'putNotBase64', 'putNotJson', 'getSecret', 'whoAmI'] as const),
      ...(['createCatalogSecret', 'updateCatalogSecret', 'deleteCatalogSecret', 'getCatalogSecret'] as const),
      ...(['readCatalogSecret', 'listCatalogSecrets', 'getSchema', 'changeGrants', 'listGrants'] as const),
      'deployBundle',
      // It calls older versions of some of these, and has no command for the others.
      ...(['listConsumers', 'getConsumer', 'getWarehousesConfig'] as const),
    ],
    cases: [
      // It knows the permissions, and refuses any other on its own.
      'set an ACL: refused for a bad permission',
      // It knows nothing of hosts that serve several workspaces.
      'a host of several workspaces: with the id',
      // It takes a token, or a password, that somebody gives it.
      ...SIGN_IN_CASES.map(({ title }) => title),
    ],
  },
  errorFor,
  errorForSignIn: undefined,
  // sdk/api_client.py: it follows the redirect, and reads its end as JSON.
  errorForLoginPage: { text: 'Error: JSONDecodeError: Expecting value: line 1 column 1' },
  // sdk/api_client.py mounts what retries (429 alone) on https://, and the emulator is called without TLS.
  retries: () => false,
}

/** databricks_cli/utils.py, eat_exceptions: `Error: ` and the bytes of the body as Python writes them, or a fixed text. */
function errorFor({ status, code, message, body = message }: Refusal): ExpectedError {
  if (status === 401) {
    return { text: 'Error: Your authentication information may be incorrect. Please reconfigure with' }
  }
  if (status === 403) {
    return { text: 'Error: Authorization failed. Your token may be expired or lack the valid scope' }
  }
  if (code === undefined) return { text: `Error: b'${asBytes(body ?? '')}` }
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
  operation: Operation,
  target: Target,
  home: string,
  run: (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<Ended>,
): Promise<Outcome | undefined> {
  // `cannotSay` says why.
  if (target.workspaceId !== undefined || target.signIn !== undefined) return undefined
  const command = await commandOf(operation, home)
  if (command === undefined) return undefined
  try {
    return outcomeOf(operation, await run(['secrets', ...command.args], command.env))
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
  readonly scopes?: readonly WireScope[]
  readonly secrets?: readonly WireSecret[]
  readonly items?: unknown
}

function answerOf({ do: name }: Operation, stdout: string): unknown {
  switch (name) {
    case 'listScopes':
      return scopesOf(listingOf(name, stdout).scopes)
    case 'listSecrets':
      return secretsOf(listingOf(name, stdout).secrets)
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
