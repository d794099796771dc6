/** A place in the workflow file's inputs. It never holds the text that stands there. */
export interface Place {
  /** The input, as in action.yml, or the environment variable. */
  readonly input: string
  /** The line within the input, from 1. */
  readonly line?: number
  /** The column within the line, from 1; for a JSON document. */
  readonly column?: number
}

/** Says a place as a person would: `secrets, line 3, column 5`. */
export function describePlace({ input, line, column }: Place): string {
  return [input, line && `line ${line}`, column && `column ${column}`].filter(Boolean).join(', ')
}

/**
 * Something that is wrong with what the workflow gave us, found before the first request.
 *
 * The message is made of our own words alone. What stands at the place may be a piece of somebody's secret even
 * where it looks like a key or a file name, so it is not quoted, and neither is a parser's or the system's message.
 */
export interface Fault extends Place {
  readonly message: string
  /** Set where a secret or a variable that GitHub does not show to this job would look just like this. */
  readonly cause?: 'not-visible'
}
