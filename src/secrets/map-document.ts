import type { InputError, InputLocation, InputProblem } from './input-error.js'
import type { SecretValue } from '../secret-value.js'

/** A name and what stands for it, in a JSON object or a dotenv file. */
export interface MapMember {
  readonly name: string
  /** The value, or undefined where there is none that could be put. */
  readonly value: SecretValue | undefined
  /** What is wrong with what stands for the name. It counts only if the member is not left out. */
  readonly problem?: InputProblem
  readonly location: InputLocation
}

/** A document that holds a whole map, read but not yet chosen from: in its order, with the repeats of its names. */
export interface MapDocument {
  readonly members: readonly MapMember[]
  /** What is wrong with the document itself, whatever is left out of it. */
  readonly errors: readonly InputError[]
  /** Values, and pieces of them, that are in no member: they are masked like the others. */
  readonly discarded: readonly SecretValue[]
  /** Whether what stands where a name belongs is sure to be one, and no piece of a value that was pasted badly. */
  readonly namesAreReliable: boolean
}
