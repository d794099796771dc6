import { getBooleanInput, getInput } from '@actions/core'

import type { Problem } from './fault.js'
import { withThousands } from './thousands.js'

/** Is told what is wrong with an input. */
export type ReportFault = (input: string, message: string, cause?: Problem['cause']) => void

/** What a number may be, and what it is where nothing is given. */
export interface NumberBounds<Default extends number | undefined> {
  readonly least: number
  readonly most: number
  readonly default: Default
  /** True where 0.5 makes sense. */
  readonly fractions?: boolean
}

/** Reads what GitHub takes for a boolean; undefined where it is none, and `fault` has been told. */
export function readBoolean(input: string, fault: ReportFault): boolean | undefined {
  try {
    return getBooleanInput(input)
  } catch {
    fault(input, 'must be true or false, one of the two booleans of YAML')
    return undefined
  }
}

/**
 * Reads a number. An empty text is the default: a variable of the repository that is not set makes one. So is a wrong
 * one, and then `fault` has been told.
 */
export function readNumber<Default extends number | undefined>(
  input: string,
  { least, most, fractions = false, ...bounds }: NumberBounds<Default>,
  fault: ReportFault,
): number | Default {
  const text = getInput(input)
  if (text === '') return bounds.default
  const number = (fractions ? /^\d+(\.\d+)?$/ : /^\d+$/).test(text) ? Number(text) : NaN
  if (number >= least && number <= most) return number
  const kind = fractions ? 'number' : 'whole number'
  fault(input, `must be a ${kind} from ${least} to ${withThousands(most)}, in digits`)
  return bounds.default
}
