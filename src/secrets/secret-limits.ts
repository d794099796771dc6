import type { InputProblem } from './input-error.js'
import type { SecretEntry } from './secret-map.js'

/** The limits of a kind of target for its secrets. */
export interface SecretLimits {
  /** The most keys in one target; undefined where only the workspace knows its limit. */
  readonly maxKeys: number | undefined
  /** The error for a map with more keys. */
  readonly tooMany: (count: number) => string
  /** The largest value in bytes. */
  readonly maxValueBytes: number
  /** The error for a larger value. */
  readonly tooLarge: string
  /** True if a target stores keys in lower case. Then they are reported in lower case, too. */
  readonly keysInLowerCase?: true
  /** What else a target cannot store: the problems of one secret. */
  readonly check: (entry: SecretEntry) => readonly InputProblem[]
}
