import { SecretValue } from '../secret-value.js'
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
    const name = text.trim()
    // `process.env` inherits properties such as `constructor`.
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value === undefined) {
      // An empty name may come from a variable that GitHub hides from this run.
      errors.push({ ...location, message: MISSING, ...(name === '' && { cause: 'not-visible' }) })
    } else if (value.includes('\u{fffd}')) {
      errors.push({ ...location, message: NOT_UTF8, kind: 'invalid-value' })
      // A log shows U+FFFD in place of these bytes too.
      onlyMasked.push(new SecretValue(value))
    } else entries.push(createEntry(key, new SecretValue(value), location))
  }
  return { entries, errors, onlyMasked }
}
