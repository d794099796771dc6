import type { InputError, InputProblem } from '../secrets/input-error.js'

/** Collects the input errors of a run, in the order in which they are found. */
export class InputErrors {
  readonly all: InputError[] = []

  /**
   * Adds one error.
   *
   * @param input The input or the environment variable that is wrong.
   * @param cause `not-visible` if a secret or variable that GitHub hides from this job would look the same.
   */
  add(input: string, message: string, cause?: InputProblem['cause']): void {
    this.all.push({ input, message, ...(cause !== undefined && { cause }) })
  }

  /** Adds errors that have a location of their own. There may be a million, too many to spread into one call. */
  addAll(errors: readonly InputError[]): void {
    for (const error of errors) this.all.push(error)
  }
}
