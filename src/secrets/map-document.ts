import type { InputError, InputLocation, InputProblem } from './input-error.js'
import type { SecretValue } from '../secret-value.js'

/** A name and its value in a JSON object or a dotenv file. */
export interface MapMember {
  readonly name: string
  /** The value, or undefined if there is none that could be written. */
  readonly value: SecretValue | undefined
  /** What is wrong with the value. It is reported only if the member is selected. */
  readonly problem?: InputProblem
  readonly location: InputLocation
}

/** A parsed document that contains a whole map, before the selection. It keeps the order and repeats of names. */
export interface MapDocument {
  readonly members: readonly MapMember[]
  /** The errors of the document itself. They are reported for every selection. */
  readonly errors: readonly InputError[]
  /** Values, and parts of values, that are not in a member. They are only masked. */
  readonly onlyMasked: readonly SecretValue[]
  /** Whether the names are surely names, not parts of a value that was pasted. */
  readonly namesAreReliable: boolean
}
