import { readFile } from 'node:fs/promises'

import { SecretValue } from '../../secret-value.js'
import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { AuthError } from './auth-error.js'
import type { OnToken, TokenSource } from './token-source.js'
import { isToken } from './token-request.js'
import { tokenExchange } from './token-exchange.js'

const AUTH_TYPE = 'file-oidc'

/** Signs in with a token that something else keeps fresh in a file (auth type `file-oidc`): it is read each time. */
export function fileOidc(
  clientId: string | undefined,
  file: string,
  host: WorkspaceHost,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const subjectToken = () => readToken(file)
  return tokenExchange(
    { authType: AUTH_TYPE, clientId, subjectToken, asksForAudience: false },
    host,
    send,
    onToken,
  )
}

async function readToken(file: string): Promise<SecretValue> {
  let content: string
  try {
    content = (await readFile(file, 'utf8')).trim()
  } catch {
    // The system's message has the path in it, which the workflow knows.
    throw new AuthError(AUTH_TYPE, 'source', { problem: NO_FILE })
  }
  if (!isToken(content)) throw new AuthError(AUTH_TYPE, 'source', { problem: NO_TOKEN })
  return new SecretValue(content)
}

const NO_FILE =
  'The file that DATABRICKS_OIDC_TOKEN_FILEPATH names cannot be read. Check the path, and that a step before has made it.'

const NO_TOKEN = 'The file that DATABRICKS_OIDC_TOKEN_FILEPATH names holds something else than one token.'
