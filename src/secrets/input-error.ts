/**
 * A place in the workflow file's inputs, or in a file that they name. Of the text that stands there it holds a name at the
 * most.
 */
export interface InputLocation {
  /** The input, as in action.yml, or the environment variable. */
  readonly input: string
  /** The line within the input, from 1. */
  readonly line?: number
  /** The column within the line, from 1; for a JSON document. */
  readonly column?: number
  /** The name that stands there, if it is sure to be one: nobody sees the lines of `${{ toJSON(secrets) }}`. */
  readonly name?: string
}

/** Says a place as a person would: `secrets, line 3, column 5`, or `secrets, DB_KEY (line 3, column 5)`. */
export function describeLocation({ input, line, column, name }: InputLocation): string {
  const numbers = [line && `line ${line}`, column && `column ${column}`].filter(Boolean).join(', ')
  if (name !== undefined) return `${input}, ${name} (${numbers})`
  return numbers === '' ? input : `${input}, ${numbers}`
}

/**
 * Something that is wrong with what the workflow gave us, found before the first request.
 *
 * The message is made of our own words alone. What stands at the place may be a piece of somebody's secret even
 * where it looks like a key or a file name, so it is not quoted, and neither is a parser's or the system's message. The
 * names of a well-formed map are the exception, where no value is part of them.
 */
export interface InputError extends InputLocation, InputProblem {}

/** What is wrong, at a place that is told apart. */
export interface InputProblem {
  readonly message: string
  /** Set where a secret or a variable that GitHub does not show to this job would look just like this. */
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
