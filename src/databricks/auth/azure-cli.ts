import { SecretValue } from '../../secret-value.js'
import { parseJsonObject, type JsonObject } from '../response.js'
import { WorkspaceError } from '../workspace-error.js'
import { AZURE_DATABRICKS } from './entra.js'
import { refreshingTokenSource } from './refreshing-token-source.js'
import type { AccessToken, OnToken, TokenSource } from './token-source.js'
import { AuthError } from './auth-error.js'
import { isToken } from './token-request.js'

const AUTH_TYPE = 'azure-cli'

/** How long `az` may take, in ms: it is slow to start on Windows. */
const TIMEOUT_MS = 60_000

/**
 * Signs in to a workspace of Azure as whom an earlier `azure/login` step has signed in (auth type `azure-cli`).
 *
 * @param env Gives what `az` may see: see {@link environmentWithoutSecrets}.
 * @param cancelled Ends `az` when it fires.
 */
export function azureCli(
  env: () => NodeJS.ProcessEnv,
  onToken: OnToken,
  cancelled: AbortSignal,
): TokenSource {
  return refreshingTokenSource(AUTH_TYPE, () => askAzureCli(env(), cancelled), onToken)
}

/** A shorter value stands in many a variable by chance, and `az` needs its path. */
const MIN_TELLING_LENGTH = 8

/** Python, in which `az` is written, writes the keys of its TLS connections to the file of the last one. */
const NOT_FOR_AZ = /^(?:(?:INPUT|DATABRICKS|ARM|ACTIONS|GITHUB)_|SSLKEYLOGFILE$)/i

/** An environment without inputs, credentials and values of this run: the only child process ever needs none of them. */
export function environmentWithoutSecrets(
  env: NodeJS.ProcessEnv,
  secrets: readonly SecretValue[],
): NodeJS.ProcessEnv {
  const holdsSecret = (text: string): boolean =>
    secrets.some((secret) =>
      secret.length < MIN_TELLING_LENGTH ? secret.equals(new SecretValue(text)) : secret.occursIn(text),
    )
  const kept = Object.entries(env).filter(
    ([name, value = '']) => !NOT_FOR_AZ.test(name) && !holdsSecret(value),
  )
  return Object.fromEntries(kept)
}

async function askAzureCli(env: NodeJS.ProcessEnv, cancelled: AbortSignal): Promise<AccessToken> {
  const output = await runAz(
    ['account', 'get-access-token', '--resource', AZURE_DATABRICKS, '-o', 'json'],
    env,
    cancelled,
  )
  const { accessToken, expires_on: expiresOn } = readAzOutput(output)
  if (!isToken(accessToken)) throw new AuthError(AUTH_TYPE, 'az', { problem: NO_TOKEN })
  // Older versions say the end in local time only, without the zone: then it is not known.
  const lifetimeMs = typeof expiresOn === 'number' ? expiresOn * 1_000 - Date.now() : undefined
  return { value: new SecretValue(accessToken), lifetimeMs }
}

/** So many places of an output are tried: one that is something else must not keep the run. */
const MAX_STARTS = 10

/**
 * Takes the JSON object out of what `az` prints: PowerShell may put a byte order mark in front, and `az` or a wrapper of it
 * lines of their own.
 */
export function readAzOutput(output: string): JsonObject {
  const lines = output.split('\n')
  const starts = lines.flatMap((line, index) => (/^\uFEFF?\s*\{/.test(line) ? [index] : []))
  for (const start of starts.slice(0, MAX_STARTS)) {
    const text = lines
      .slice(start)
      .join('\n')
      .replace(/^\uFEFF/, '')
    // Lines behind it, too: up to where the object ends.
    const json = parseJsonObject(text) ?? parseJsonObject(text.slice(0, text.lastIndexOf('}') + 1))
    if (json !== undefined) return json
  }
  return {}
}

async function runAz(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cancelled: AbortSignal,
): Promise<string> {
  // Loaded when it is needed, which in nearly all runs is never.
  const { execFile } = await import('node:child_process')
  return await new Promise((resolve, reject) => {
    // On Windows `az` is a batch file, which only a shell runs; the arguments are constants.
    const shell = process.platform === 'win32'
    // That shell would look for it in the folder of the checkout first.
    const inPathAlone = { ...env, NoDefaultCurrentDirectoryInExePath: '1' }
    const options = { env: inPathAlone, shell, timeout: TIMEOUT_MS, windowsHide: true, signal: cancelled }
    execFile('az', args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else if (cancelled.aborted) reject(new WorkspaceError('cancelled', { notSent: true }))
      else {
        const problem = error.code === 'ENOENT' ? NO_AZ : NOT_SIGNED_IN
        reject(new AuthError(AUTH_TYPE, 'az', { problem, said: stderr }))
      }
    })
  })
}

const NO_AZ = 'There is no Azure CLI on this runner. Install it, or choose another auth-type.'
const NOT_SIGNED_IN = 'The Azure CLI gives no token. Sign in before, with an azure/login step in this job.'
const NO_TOKEN = 'The Azure CLI gives an answer without a token. Update it.'
