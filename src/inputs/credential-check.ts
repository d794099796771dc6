import { getInput } from '@actions/core'

import type { SecretValue } from '../secret-value.js'
import { searchableParts } from '../secrets/masks/parts-in-names.js'
import type { InputErrors } from './input-errors.js'
import { readSetting } from './scalars.js'

/**
 * Creates a function that checks whether a text contains a credential of this run, or a part of one. It does not look for
 * values of the map: a map of all secrets may contain the address of the host or the name of the scope.
 */
export function createCredentialCheck(credentials: readonly SecretValue[]): (text: string) => boolean {
  return (text) => searchableParts(credentials, text.length).some((part) => part.occursIn(text))
}

/** Refuses credentials in the inputs that are sent and printed. */
export function checkPrintedInputs(
  env: NodeJS.ProcessEnv,
  containsCredential: (text: string) => boolean,
  errors: InputErrors,
): void {
  const texts = {
    host: readSetting(env, 'host')?.value ?? '',
    'workspace-id': readSetting(env, 'workspace-id')?.value ?? '',
    scope: getInput('scope'),
    schema: getInput('schema'),
    owner: getInput('owner'),
    comment: getInput('comment'),
    'key-prefix': getInput('key-prefix'),
  }
  for (const [input, text] of Object.entries(texts)) {
    if (containsCredential(text)) errors.add(input, CONTAINS_CREDENTIAL)
  }
}

/** The error for an input that contains a credential. */
export const CONTAINS_CREDENTIAL =
  'contains a credential of this run and would show it. Check that you did not swap two inputs'
