import { getBooleanInput, getInput } from '@actions/core'

import type { InputProblem } from '../secrets/input-error.js'
import { formatNumber } from '../format-number.js'

/** Is told what is wrong with an input. */
export type AddInputError = (input: string, message: string, cause?: InputProblem['cause']) => void

/** What a number may be, and what it is where nothing is given. */
export interface NumberBounds<Default extends number | undefined> {
  readonly least: number
  /** True where 0 is taken too, below `least`. */
  readonly zero?: boolean
  readonly most: number
  readonly default: Default
  /** True where 0.5 makes sense. */
  readonly fractions?: boolean
}

/** Reads what GitHub takes for a boolean; undefined where it is none, and `fault` has been told. */
export function readBoolean(input: string, addError: AddInputError): boolean | undefined {
  try {
    return getBooleanInput(input)
  } catch {
    addError(input, 'must be true or false, one of the two booleans of YAML', causeOf(getInput(input)))
    return undefined
  }
}

/** Reads one of several words; undefined where it is none of them, and `fault` has been told. */
export function readChoice<Choice extends string>(
  input: string,
  choices: readonly Choice[],
  addError: AddInputError,
): Choice | undefined {
  const text = getInput(input)
  const choice = choices.find((each) => each === text)
  if (choice === undefined) {
    addError(input, `must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`, causeOf(text))
  }
  return choice
}

/** An empty text may come from a variable that GitHub does not give to this run. */
function causeOf(text: string): InputProblem['cause'] {
  return text === '' ? 'not-visible' : undefined
}

/**
 * Reads a number. An empty text is the default: a variable of the repository that is not set makes one. So is a wrong
 * one, and then `fault` has been told.
 */
export function readNumber<Default extends number | undefined>(
  input: string,
  { least, most, zero = false, fractions = false, ...bounds }: NumberBounds<Default>,
  addError: AddInputError,
): number | Default {
  const text = getInput(input)
  if (text === '') return bounds.default
  const number = (fractions ? /^\d+(\.\d+)?$/ : /^\d+$/).test(text) ? Number(text) : NaN
  if ((number >= least && number <= most) || (zero && number === 0)) return number
  const kind = fractions ? 'number' : 'whole number'
  addError(input, `must be ${zero ? '0 or ' : ''}a ${kind} from ${least} to ${formatNumber(most)}, in digits`)
  return bounds.default
}
