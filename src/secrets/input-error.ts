/** A location in an input, or in the file that it names. It contains no text of the location except a name. */
export interface InputLocation {
  /** The input, as in action.yml, or the environment variable. */
  readonly input: string
  /** The line within the input, from 1. */
  readonly line?: number
  /** The column within the line, from 1; for a JSON document. */
  readonly column?: number
  /** The name at this location, if it is safe to print. Nobody sees the lines of `${{ toJSON(secrets) }}`. */
  readonly name?: string
}

/** Formats a location: `secrets, line 3, column 5`, or `secrets, DB_KEY (line 3, column 5)`. */
export function describeLocation({ input, line, column, name }: InputLocation): string {
  const numbers = [line && `line ${line}`, column && `column ${column}`].filter(Boolean).join(', ')
  if (name !== undefined) return `${input}, ${name} (${numbers})`
  return numbers === '' ? input : `${input}, ${numbers}`
}

/**
 * An error in the inputs, found before the first request.
 *
 * The message never quotes the input, a parser or the system: even a text that looks like a key or a file name may be a
 * part of a secret. Only names of a well-formed map are printed, if they contain no value.
 */
export interface InputError extends InputLocation, InputProblem {}

/** An input error without its location. */
export interface InputProblem {
  readonly message: string
  /** Set if a secret or variable that GitHub hides from this job would look the same. */
  readonly cause?: 'not-visible'
  /** Which heading of docs/troubleshooting.md has more about it, where the input alone does not decide that. */
  readonly kind?: InputErrorKind
}

/** The kinds of errors in the sources of secrets. */
export type InputErrorKind =
  | 'empty-value'
  | 'invalid-value'
  | 'invalid-line'
  | 'invalid-json'
  | 'invalid-key'
  | 'name-selection'
  | 'no-secrets'
  | 'too-large'
  | 'unreadable-source'
  | 'unknown-input'
  | 'config-file'
  | 'permissions-input'
