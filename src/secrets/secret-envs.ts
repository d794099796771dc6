import { SecretValue } from '../secret-value.js'
import type { InputProblem } from './input-error.js'
import { KEY_RULE } from './key.js'
import { readAssignments, type LineSyntax } from './assignments.js'
import { NOT_UTF8 } from './validate-map.js'
import { createEntry, type SourceResult, type SecretEntry } from './secret-map.js'

const SYNTAX: LineSyntax = {
  name: 'secret-envs',
  expected: `Write key=ENV_NAME, with the value under env: of the step; ${KEY_RULE}`,
  example: 'key=ENV_NAME',
  operators: ['='],
}

const MISSING =
  'the step has no environment variable of this name. Write the name of a variable, not its value, and set it under env: ' +
  'of the step'

/**
 * Reads `secret-envs`: lines `key=ENV_NAME`. The value is that environment variable of the step.
 *
 * @param input The input that contains the lines, for the errors.
 */
export function readSecretEnvs(text: string, input: string, env: NodeJS.ProcessEnv): SourceResult {
  const { assignments, errors } = readAssignments(text, input, SYNTAX)
  const entries: SecretEntry[] = []
  const onlyMasked: SecretValue[] = []
  for (const { key, text, location } of assignments) {
    const { value, problem } = readEnvValue(text.trim(), env)
    if (problem === undefined) entries.push(createEntry(key, value, location))
    else {
      errors.push({ ...location, ...problem })
      if (value !== undefined) onlyMasked.push(value)
    }
  }
  return { entries, errors, onlyMasked }
}

/**
 * Reads the value of an environment variable.
 *
 * @returns With a problem, the value is only masked.
 */
export function readEnvValue(
  name: string,
  env: NodeJS.ProcessEnv,
):
  | { readonly value: SecretValue; readonly problem?: undefined }
  | { readonly value?: SecretValue; readonly problem: InputProblem } {
  // `process.env` inherits properties such as `constructor`.
  const text = Object.hasOwn(env, name) ? env[name] : undefined
  // An empty name may come from a variable that GitHub hides from this run.
  if (text === undefined)
    return { problem: { message: MISSING, ...(name === '' && { cause: 'not-visible' }) } }
  const value = new SecretValue(text)
  // A log shows U+FFFD in place of these bytes too.
  if (text.includes('\u{fffd}')) return { value, problem: { message: NOT_UTF8, kind: 'invalid-value' } }
  return { value }
}
