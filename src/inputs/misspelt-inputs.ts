import type { InputError } from '../secrets/input-error.js'
import { isDefault, INPUTS, type InputName } from './input-definitions.js'
import { nearestNames } from './nearest-names.js'

const PREFIX = 'INPUT_'

const INPUT_NAMES = Object.keys(INPUTS) as InputName[]

/**
 * Finds misspelt inputs. The runner only warns about an input that action.yml does not declare. It passes it as
 * `INPUT_<NAME>`, and fills in the default of the input that was meant.
 *
 * A name is misspelt if {@link nearestNames} finds the input that was meant. It is an error only if that input has its
 * default. All other names are ignored: jobs and other actions have their own variables that begin with `INPUT_`.
 *
 * @returns One error for each misspelt input, in the order of the environment.
 */
export function findMisspeltInputs(env: NodeJS.ProcessEnv): InputError[] {
  return Object.keys(env).flatMap((variable) => {
    if (!variable.startsWith(PREFIX)) return []
    const input = variable.slice(PREFIX.length).toLowerCase()
    if (Object.hasOwn(INPUTS, input)) return []
    const meant = nearestNames(input, INPUT_NAMES).filter((known) => isDefault(known, env[variableOf(known)]))
    return meant.length === 0 ? [] : [{ input, message: misspelt(variable, meant), kind: 'unknown-input' }]
  })
}

function misspelt(variable: string, meant: readonly InputName[]): string {
  return (
    `the action has no such input. Did you mean ${meant.join(' or ')}? Correct the name. If the workflow sets the ` +
    `variable ${variable} for something else, rename the variable`
  )
}

function variableOf(input: string): string {
  return PREFIX + input.toUpperCase()
}
