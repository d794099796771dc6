import { getInput } from '@actions/core'

import { readBoolean, type AddInputError } from './scalars.js'
import { SecretValue } from '../secret-value.js'

/** What was said about the comment on a pull request. */
export interface ParsedCommentInputs {
  /** Whether to keep a comment. */
  readonly wanted: boolean
  /** What GitHub is asked with; undefined where there is none. It is no credential of the workspace. */
  readonly token: SecretValue | undefined
}

/** Reads `pr-comment` and `github-token`. */
export function readCommentInputs(addError: AddInputError): ParsedCommentInputs {
  const desired = readBoolean('pr-comment', addError) ?? false
  const text = getInput('github-token')
  if (text === '') {
    if (desired) addError('github-token', NO_TOKEN, 'not-visible')
    return { wanted: desired, token: undefined }
  }
  // What a header may hold. Unused, it may be anything: who starts the action without GitHub has the expression itself.
  if (desired && !/^[\x21-\x7e]+$/.test(text)) addError('github-token', BAD_TOKEN)
  return { wanted: desired, token: new SecretValue(text) }
}

const NO_TOKEN =
  'not set, and pr-comment needs it. Take the input out, so that it is the token of this job, or check the name of the ' +
  'secret'

const BAD_TOKEN = 'holds a blank, a line break or a character that no token has. Paste the token alone'
