import { readFile } from 'node:fs/promises'

import { SecretValue } from '../../secret-value.js'
import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { AuthError } from './auth-error.js'
import { tokenExchange, type Federation } from './token-exchange.js'
import { isToken } from './token-request.js'
import type { OnToken, TokenSource } from './token-source.js'

const AUTH_TYPE = 'file-oidc'

/** Authenticates with an OIDC token from a file (auth type `file-oidc`). The file is read again for each new token. */
export function fileOidc(
  federation: Federation,
  file: string,
  host: WorkspaceHost,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const subjectToken = () => readToken(file)
  return tokenExchange(
    { ...federation, authType: AUTH_TYPE, subjectToken, needsAudience: false },
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
    // The system's message is dropped: it contains the path.
    throw new AuthError(AUTH_TYPE, 'source', { problem: NO_FILE })
  }
  if (!isToken(content)) throw new AuthError(AUTH_TYPE, 'source', { problem: NO_TOKEN })
  return new SecretValue(content)
}

const NO_FILE =
  'The file in DATABRICKS_OIDC_TOKEN_FILEPATH cannot be read. Check the path, and that an earlier step creates the file.'

const NO_TOKEN = 'The file in DATABRICKS_OIDC_TOKEN_FILEPATH must contain one token and nothing else.'
