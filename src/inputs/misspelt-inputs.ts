import { allowedEdits, countEdits } from '../edit-distance.js'
import type { InputError } from '../secrets/input-error.js'
import { isDefault, INPUTS, type InputName } from './input-definitions.js'

const PREFIX = 'INPUT_'

/**
 * Finds misspelt inputs. The runner only warns about an input that action.yml does not declare. It passes it as
 * `INPUT_<NAME>`, and fills in the default of the input that was meant.
 *
 * A name is misspelt if it equals a known name without `-` and `_`. It is also misspelt if it is one edit away from a known
 * name of five letters or more, or two edits from one of eight letters or more. An edit inserts, removes or replaces a
 * letter, or swaps two neighbours. It is an error only if the known input has its default. All other names are ignored:
 * jobs and other actions have their own variables that begin with `INPUT_`.
 *
 * @returns One error for each misspelt input, in the order of the environment.
 */
export function findMisspeltInputs(env: NodeJS.ProcessEnv): InputError[] {
  return Object.keys(env).flatMap((variable) => {
    if (!variable.startsWith(PREFIX)) return []
    const input = variable.slice(PREFIX.length).toLowerCase()
    if (Object.hasOwn(INPUTS, input)) return []
    const meant = nearestInputs(input).filter((known) => isDefault(known, env[variableOf(known)]))
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

/** The known names that are nearest to an unknown name; empty if all are too far away. */
function nearestInputs(input: string): InputName[] {
  const letters = lettersOf(input)
  const near = (Object.keys(INPUTS) as InputName[]).flatMap((known) => {
    const edits = countEdits(letters, lettersOf(known))
    return edits <= allowedEdits(lettersOf(known)) ? [{ known, edits }] : []
  })
  const least = Math.min(...near.map(({ edits }) => edits))
  return near.filter(({ edits }) => edits === least).map(({ known }) => known)
}

function lettersOf(name: string): string {
  return name.replaceAll(/[-_]/g, '')
}
