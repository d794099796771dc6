import { getInput } from '@actions/core'

import { isToken } from '../databricks/auth/token-request.js'
import { SecretValue } from '../secret-value.js'
import { INVALID_TOKEN } from './auth.js'
import type { InputErrors } from './input-errors.js'
import { readBoolean } from './scalars.js'

/** The inputs for the comment on a pull request. */
export interface ParsedCommentInputs {
  /** Whether to keep a comment up to date. */
  readonly enabled: boolean
  /** The token for GitHub's API; undefined if it is empty. It is not a credential of the workspace. */
  readonly token: SecretValue | undefined
}

/** Reads `pr-comment` and `github-token`. */
export function readCommentInputs(errors: InputErrors): ParsedCommentInputs {
  const enabled = readBoolean('pr-comment', errors)
  const text = getInput('github-token')
  if (text === '') {
    if (enabled) errors.add('github-token', NO_TOKEN, 'not-visible')
    return { enabled, token: undefined }
  }
  // An unused token may be any text: outside of GitHub, the default is not evaluated.
  if (enabled && !isToken(text)) errors.add('github-token', INVALID_TOKEN)
  return { enabled, token: new SecretValue(text) }
}

const NO_TOKEN =
  'not set, but pr-comment requires it. Remove the input to use the token of this job, or check the name of the secret'
