import { SecretValue } from '../secret-value.js'
import { KEY_RULE } from './key.js'
import { readAssignments, type LineForm } from './lines.js'
import { NOT_UTF8 } from './rules.js'
import { entryOf, type Reading, type SecretEntry } from './secret-map.js'

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
export function readEnvs(text: string, input: string, env: NodeJS.ProcessEnv): Reading {
  const { assignments, faults } = readAssignments(text, input, FORM)
  const entries: SecretEntry[] = []
  const unused: SecretValue[] = []
  for (const { key, text, place } of assignments) {
    const name = text.trim()
    // Not `env[name]` alone: `process.env` inherits `constructor` and the like.
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value === undefined) {
      // An empty name may come from a variable that GitHub does not give to this run.
      faults.push({ ...place, message: MISSING, ...(name === '' && { cause: 'not-visible' }) })
    } else if (value.includes('\u{fffd}')) {
      faults.push({ ...place, message: NOT_UTF8 })
      // A log has U+FFFD in place of these bytes as well.
      unused.push(new SecretValue(value))
    } else entries.push(entryOf(key, new SecretValue(value), place))
  }
  return { entries, faults, unused }
}
