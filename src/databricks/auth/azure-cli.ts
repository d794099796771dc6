import { SecretValue } from '../../secret-value.js'
import { parseJsonObject, type JsonObject } from '../response.js'
import { WorkspaceError } from '../workspace-error.js'
import { AuthError } from './auth-error.js'
import { AZURE_DATABRICKS } from './entra.js'
import { refreshingTokenSource } from './refreshing-token-source.js'
import { isToken } from './token-request.js'
import type { AccessToken, OnToken, TokenSource } from './token-source.js'

const AUTH_TYPE = 'azure-cli'

/** The timeout for `az`, in ms. It starts slowly on Windows. */
const TIMEOUT_MS = 60_000

/**
 * Authenticates to a workspace on Azure with the session of an earlier `azure/login` step (auth type `azure-cli`).
 *
 * @param env Returns the environment for `az`: see {@link environmentWithoutSecrets}.
 * @param cancelled Stops `az` when it fires.
 */
export function azureCli(
  env: () => NodeJS.ProcessEnv,
  onToken: OnToken,
  cancelled: AbortSignal,
): TokenSource {
  return refreshingTokenSource(AUTH_TYPE, () => requestAzureCliToken(env(), cancelled), onToken)
}

/** Many variables contain a shorter value by chance, and `az` needs some of them, such as PATH. */
const MIN_SUBSTRING_LENGTH = 8

/** SSLKEYLOGFILE: Python, and so `az`, writes the keys of its TLS connections to that file. */
const HIDDEN_FROM_AZ = /^(?:(?:INPUT|DATABRICKS|ARM|ACTIONS|GITHUB)_|SSLKEYLOGFILE$)/i

/** Returns the environment without inputs, credentials and secrets of this run. `az` needs none of them. */
export function environmentWithoutSecrets(
  env: NodeJS.ProcessEnv,
  secrets: readonly SecretValue[],
): NodeJS.ProcessEnv {
  const holdsSecret = (text: string): boolean =>
    secrets.some((secret) =>
      secret.length < MIN_SUBSTRING_LENGTH ? secret.equals(new SecretValue(text)) : secret.occursIn(text),
    )
  const kept = Object.entries(env).filter(
    ([name, value = '']) => !HIDDEN_FROM_AZ.test(name) && !holdsSecret(value),
  )
  return Object.fromEntries(kept)
}

async function requestAzureCliToken(env: NodeJS.ProcessEnv, cancelled: AbortSignal): Promise<AccessToken> {
  const output = await runAz(
    ['account', 'get-access-token', '--resource', AZURE_DATABRICKS, '-o', 'json'],
    env,
    cancelled,
  )
  const { accessToken, expires_on: expiresOn } = readAzOutput(output)
  if (!isToken(accessToken)) throw new AuthError(AUTH_TYPE, 'az', { problem: NO_TOKEN })
  // Older versions print only a local time without a time zone. Then the lifetime is unknown.
  const lifetimeMs = typeof expiresOn === 'number' ? expiresOn * 1_000 - Date.now() : undefined
  return { value: new SecretValue(accessToken), lifetimeMs }
}

/** The maximum number of lines at which a JSON object is looked for. Long output of another kind must not block the run. */
const MAX_CANDIDATES = 10

/**
 * Returns the JSON object in the output of `az`. There may be a byte order mark from PowerShell, and other lines before and
 * after it.
 */
export function readAzOutput(output: string): JsonObject {
  const lines = output.split('\n')
  const starts = lines.flatMap((line, index) => (/^\uFEFF?\s*\{/.test(line) ? [index] : []))
  for (const start of starts.slice(0, MAX_CANDIDATES)) {
    const text = lines
      .slice(start)
      .join('\n')
      .replace(/^\uFEFF/, '')
    // If other lines follow, up to the last brace.
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
  // Loaded only when needed: nearly all runs do not use it.
  const { execFile } = await import('node:child_process')
  return await new Promise((resolve, reject) => {
    // On Windows `az` is a batch file, which needs a shell. The arguments are constants.
    const shell = process.platform === 'win32'
    // Otherwise that shell would look for `az` in the checked-out repository first.
    const pathOnly = { ...env, NoDefaultCurrentDirectoryInExePath: '1' }
    const options = { env: pathOnly, shell, timeout: TIMEOUT_MS, windowsHide: true, signal: cancelled }
    execFile('az', args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else if (cancelled.aborted) reject(new WorkspaceError('cancelled', { notSent: true }))
      else {
        const problem = error.code === 'ENOENT' ? NO_AZ : NOT_SIGNED_IN
        reject(new AuthError(AUTH_TYPE, 'az', { problem, stderr }))
      }
    })
  })
}

const NO_AZ = 'The Azure CLI is not installed on this runner. Install it, or use another auth-type.'
const NOT_SIGNED_IN =
  'The Azure CLI returned no token. Add an azure/login step to this job, before this step.'
const NO_TOKEN = 'The output of the Azure CLI contains no token. Update the Azure CLI.'
