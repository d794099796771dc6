/*
 * The runner is a .NET program: where its text functions differ from JavaScript's, a command or a mask can hide in
 * the difference.
 */

const WHITESPACE = /[^\S\uFEFF]|\x85/

/** `String.TrimStart`: unlike JavaScript's, it takes U+0085 for white space and the byte order mark for a letter. */
export function trimStart(text: string): string {
  let start = 0
  while (start < text.length && WHITESPACE.test(text.charAt(start))) start++
  return text.slice(start)
}

/** `String.Trim`, with the same white space as `trimStart`. */
export function trim(text: string): string {
  let end = text.length
  while (end > 0 && WHITESPACE.test(text.charAt(end - 1))) end--
  return trimStart(text.slice(0, end))
}

/**
 * `String.IndexOf` with the invariant culture, as the runner searches its command markers: an occurrence that a
 * combining character follows is none, as the two are one letter to it. -1 when there is none from `from` on.
 */
export function cultureIndexOf(text: string, sought: string, from = 0): number {
  for (let at = text.indexOf(sought, from); at >= 0; at = text.indexOf(sought, at + 1)) {
    const end = at + sought.length
    if (!/^\p{M}/u.test(text.slice(end, end + 2))) return at
  }
  return -1
}

/** The lines as `StreamReader.ReadLine` gives them: ended by CR, LF or both, a last line without an end included. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
