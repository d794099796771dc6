const RED = '\u001B[31m'
const YELLOW = '\u001B[33m'
const END = '\u001B[0m'

/** The colours of the log. GitHub shows ANSI colours in plain lines, but not in annotations. */
export type LogColour = 'red' | 'yellow'

/**
 * Colours fixed words for the log. Colour only these, never a name or a text that may contain a value: a code inside a value
 * would keep the runner from masking it.
 */
export function coloured(words: string, colour: LogColour | undefined): string {
  if (colour === undefined) return words
  return `${colour === 'red' ? RED : YELLOW}${words}${END}`
}
