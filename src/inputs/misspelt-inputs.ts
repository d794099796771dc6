import type { InputError } from '../secrets/input-error.js'
import { isDefault, KNOWN_INPUTS, type InputName } from './known-inputs.js'

const PREFIX = 'INPUT_'

/**
 * Finds inputs that the workflow has misspelt: the runner warns of an input that action.yml does not declare, passes it on
 * as `INPUT_<NAME>`, and fills in the default of the one that was meant.
 *
 * A name is misspelt if it equals a known one without `-` and `_`, or is one edit away from a known one of five letters or
 * more, or two edits from eight letters. Inserting, removing or replacing a letter is an edit, and so is swapping two
 * neighbours. It is an error only where the known input was left at its default. All other names are ignored: jobs and
 * other actions have variables of their own that begin with `INPUT_`.
 *
 * @returns An error for each of them, in the order of the environment.
 */
export function findMisspeltInputs(env: NodeJS.ProcessEnv): InputError[] {
  return Object.keys(env).flatMap((variable) => {
    if (!variable.startsWith(PREFIX)) return []
    const input = variable.slice(PREFIX.length).toLowerCase()
    if (Object.hasOwn(KNOWN_INPUTS, input)) return []
    const meant = nearestInputs(input).filter((known) => isDefault(known, env[variableOf(known)]))
    return meant.length === 0 ? [] : [{ input, message: misspelt(variable, meant), kind: 'unknown-input' }]
  })
}

function misspelt(variable: string, meant: readonly InputName[]): string {
  return (
    `the action has no such input. Did you mean ${meant.join(' or ')}? Correct the name; if the workflow sets the ` +
    `variable ${variable} for something else, give that variable another name`
  )
}

function variableOf(input: string): string {
  return PREFIX + input.toUpperCase()
}

/** The known names that are nearest to one that is not known; none where all are too far away. */
function nearestInputs(input: string): InputName[] {
  const letters = lettersOf(input)
  const near = (Object.keys(KNOWN_INPUTS) as InputName[]).flatMap((known) => {
    const edits = countEdits(letters, lettersOf(known))
    return edits <= editsAllowed(lettersOf(known)) ? [{ known, edits }] : []
  })
  const least = Math.min(...near.map(({ edits }) => edits))
  return near.filter(({ edits }) => edits === least).map(({ known }) => known)
}

function lettersOf(name: string): string {
  return name.replaceAll(/[-_]/g, '')
}

const MAX_EDITS = 2

function editsAllowed({ length }: string): number {
  if (length >= 8) return MAX_EDITS
  return length >= 5 ? 1 : 0
}

/** How many edits make one text the other (optimal string alignment); Infinity where the lengths alone say too many. */
function countEdits(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > MAX_EDITS) return Infinity
  // The edits from the first characters of the one to the first characters of the other, by their numbers.
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity
  for (let row = 1; row <= one.length; row++) {
    rows.push([row])
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      )
    }
  }
  return at(one.length, other.length)
}
