import { CREDENTIAL_FILE_CONSTANTS } from './credential-file-constants.js'

/** Quotes within quotes within quotes are no value that anybody has; a file of 100,000 quotes is an attack. */
const MAX_QUOTES = 2

/**
 * The parts of a value that a tool may print on their own: its lines, the strings of a JSON value with their escapes
 * undone (the `private_key` of a service account, say), and what stands between quotes around the whole.
 *
 * Parts of parts are among them: lines of a JSON string, strings of a JSON document inside a JSON string. The value
 * itself is not, unless it has one line.
 */
export function valueParts(text: string): Set<string> {
  const pieces = new Set<string>()
  for (const part of [text, ...innerTextsOf(text)]) {
    for (const line of nonBlankLines(part)) pieces.add(line)
  }
  return pieces
}

/** The parts of {@link valueParts} that are no lines of others, each as a whole, with its line breaks. */
export function innerTextsOf(text: string): Set<string> {
  const inner = new Set<string>()
  const whole = trimWhitespace(text)
  // Most values are neither quoted nor a document.
  if (!/^["'[{\ufeff]|-----BEGIN /.test(whole)) return whole === text ? inner : inner.add(whole)
  const left = [
    { part: text, quotes: 0 },
    { part: whole, quotes: 0 },
  ]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { part, quotes } = next
    inner.add(part)
    // All are shorter than the part that they come from, so this ends.
    if (quotes < MAX_QUOTES) {
      for (const within of withinQuotes(part)) left.push({ part: within, quotes: quotes + 1 })
    }
    const strings = stringsOfJson(part)
    for (const string of strings ?? withRealLineEnds(part)) left.push({ part: string, quotes: 0 })
  }
  inner.delete(text)
  return inner
}

/** The lines of a text that are not blank. The runner ends a line at a carriage return, too. */
export function nonBlankLines(text: string): string[] {
  return text.split(/[\r\n]+/).filter((line) => trimWhitespace(line) !== '')
}

/**
 * A text without what the runner (.NET) or JavaScript take for white space around it: to the one U+0085 is white space,
 * to the other U+FEFF, the mark that Windows begins files with.
 */
export function trimWhitespace(text: string): string {
  // Nearly every text: each value, form and mask comes by here.
  if (isPrintable(text.charCodeAt(0)) && isPrintable(text.charCodeAt(text.length - 1))) return text
  const isBlank = (at: number): boolean => /[\s\x85]/.test(text[at] ?? '')
  let start = 0
  let end = text.length
  while (start < end && isBlank(start)) start++
  while (start < end && isBlank(end - 1)) end--
  return text.slice(start, end)
}

/** Whether a code unit is a character of ASCII that shows. */
function isPrintable(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f
}

/** What a shell or a reader of dotenv files leaves of a quoted value. */
function withinQuotes(text: string): string[] {
  const [, , inner] = /^\s*(["'])(.*)\1\s*$/s.exec(text) ?? []
  return inner === undefined ? [] : [inner]
}

/** A PEM on one line, with `\n` in place of its line ends, as variables have it (Firebase), and as a tool prints it. */
function withRealLineEnds(text: string): string[] {
  return /-----BEGIN [^\n]*?-----(?:\\+r)?\\+n/.test(text) ? [text.replace(/(?:\\+r)?\\+n/g, '\n')] : []
}

/** Words of JSON that say nothing, wherever they stand. */
const WORDS = new Set(['true', 'false', 'null'])

/** Every string of a JSON document but the names of its members, which are no secret; undefined if it is none. */
function stringsOfJson(text: string): string[] | undefined {
  // Most values are none, and a parser that fails is slow.
  if (!/^\s*["[{]/.test(text)) return undefined
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  // Not by a walk through the result: of two members by one name it has the last only.
  return valueTokens(text)
    .map((string) => JSON.parse(string) as string)
    .filter((string) => !WORDS.has(string) && !CREDENTIAL_FILE_CONSTANTS.has(string))
}

/** The strings of a JSON document as they stand there, but for names. By a loop: a pattern keeps each escape on a stack. */
function valueTokens(json: string): string[] {
  const tokens: string[] = []
  for (let start = json.indexOf('"'); start !== -1;) {
    let end = start + 1
    while (json[end] !== '"') end += json[end] === '\\' ? 2 : 1
    let next = end + 1
    while (/\s/.test(json.charAt(next))) next++
    if (json[next] !== ':') tokens.push(json.slice(start, end + 1))
    start = json.indexOf('"', end + 1)
  }
  return tokens
}
