import { SecretValue } from '../secret-value.js'
import { KEY_RULE } from './key.js'
import { readAssignments, type LineForm } from './lines.js'
import { NOT_UTF8 } from './validate-map.js'
import { createEntry, type SourceResult, type SecretEntry } from './secret-map.js'

const FORM: LineForm = {
  name: 'secret-envs',
  expected: `Write key=ENV_NAME, with the value under env: of the step; ${KEY_RULE}`,
  example: 'key=ENV_NAME',
  operators: ['='],
}

const MISSING =
  'there is no environment variable of this name in the step. Write the name of a variable, not its value, and set ' +
  'it under env: of the step'

/**
 * Reads `secret-envs`: lines `key=ENV_NAME`, where the value is that environment variable of the step.
 *
 * @param input The input that holds the lines, for the faults.
 */
export function readEnvs(text: string, input: string, env: NodeJS.ProcessEnv): SourceResult {
  const { assignments, errors } = readAssignments(text, input, FORM)
  const entries: SecretEntry[] = []
  const discarded: SecretValue[] = []
  for (const { key, text, location } of assignments) {
    const name = text.trim()
    // Not `env[name]` alone: `process.env` inherits `constructor` and the like.
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value === undefined) {
      // An empty name may come from a variable that GitHub does not give to this run.
      errors.push({ ...location, message: MISSING, ...(name === '' && { cause: 'not-visible' }) })
    } else if (value.includes('\u{fffd}')) {
      errors.push({ ...location, message: NOT_UTF8, kind: 'invalid-value' })
      // A log has U+FFFD in place of these bytes as well.
      discarded.push(new SecretValue(value))
    } else entries.push(createEntry(key, new SecretValue(value), location))
  }
  return { entries, errors, discarded }
}
