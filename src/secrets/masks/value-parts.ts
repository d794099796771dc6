import { CREDENTIAL_FILE_CONSTANTS } from './credential-file-constants.js'

/** The levels of nested quotes that are removed. No value has more, and a file of 100,000 quotes is an attack. */
const MAX_QUOTES = 2

/**
 * The parts of a value that a tool may print alone: its lines, the decoded strings of a JSON value (such as the
 * `private_key` of a service account), and the text inside of quotes around the whole value.
 *
 * The parts include parts of parts: lines of a JSON string, strings of a JSON document inside a JSON string. They include
 * the value itself only if it has one line.
 */
export function valueParts(text: string): Set<string> {
  const parts = new Set<string>()
  for (const part of [text, ...innerTextsOf(text)]) {
    for (const line of nonBlankLines(part)) parts.add(line)
  }
  return parts
}

/** The strings and unquoted texts in a value, as in {@link valueParts}, but not split into lines. */
export function innerTextsOf(text: string): Set<string> {
  const inner = new Set<string>()
  const whole = trimWhitespace(text)
  // Most values are neither quoted nor JSON.
  if (!/^["'[{\ufeff]|-----BEGIN /.test(whole)) return whole === text ? inner : inner.add(whole)
  const pending = [
    { part: text, quotes: 0 },
    { part: whole, quotes: 0 },
  ]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { part, quotes } = next
    inner.add(part)
    // This ends, because each result is shorter than its part.
    if (quotes < MAX_QUOTES) {
      for (const unquoted of unquote(part)) pending.push({ part: unquoted, quotes: quotes + 1 })
    }
    const strings = stringsOfJson(part)
    for (const string of strings ?? withRealLineBreaks(part)) pending.push({ part: string, quotes: 0 })
  }
  inner.delete(text)
  return inner
}

/** The lines of a text that are not blank. For the runner, a carriage return also ends a line. */
export function nonBlankLines(text: string): string[] {
  return text.split(/[\r\n]+/).filter((line) => trimWhitespace(line) !== '')
}

/**
 * Trims a text. White space is what the runner (.NET) or JavaScript treat as such: U+0085 is white space only for .NET, and
 * the byte order mark U+FEFF only for JavaScript.
 */
export function trimWhitespace(text: string): string {
  // A fast path for nearly all texts, because this runs for each value, form and mask.
  if (isPrintable(text.charCodeAt(0)) && isPrintable(text.charCodeAt(text.length - 1))) return text
  const isBlank = (at: number): boolean => /[\s\x85]/.test(text[at] ?? '')
  let start = 0
  let end = text.length
  while (start < end && isBlank(start)) start++
  while (start < end && isBlank(end - 1)) end--
  return text.slice(start, end)
}

/** Whether a code unit is a visible ASCII character. */
function isPrintable(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f
}

/** The text inside of quotes, as a shell or a dotenv parser reads it. */
function unquote(text: string): string[] {
  const trimmed = text.trim()
  const isQuoted =
    trimmed.length > 1 && ['"', "'"].some((quote) => trimmed.startsWith(quote) && trimmed.endsWith(quote))
  return isQuoted ? [trimmed.slice(1, -1)] : []
}

/** Decodes `\n` in a PEM on one line, as environment variables (Firebase) contain it. Tools print it with real line breaks. */
function withRealLineBreaks(text: string): string[] {
  // With a label of any length, the search through a large text would take hours.
  return /-----BEGIN [^\n]{0,64}?-----(?:\\+r)?\\+n/.test(text) ? [text.replace(/(?:\\+r)?\\+n/g, '\n')] : []
}

/** Words of JSON, which are not secrets. */
const WORDS = new Set(['true', 'false', 'null'])

/** All strings of a JSON document except the names of members, which are not secrets; undefined if it is not JSON. */
function stringsOfJson(text: string): string[] | undefined {
  // Most values are not JSON, and a parser error is slow.
  if (!/^\s*["[{]/.test(text)) return undefined
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  // The result of JSON.parse is not used: of two members with one name, it contains only the last.
  return valueTokens(text)
    .map((string) => JSON.parse(string) as string)
    .filter((string) => !WORDS.has(string) && !CREDENTIAL_FILE_CONSTANTS.has(string))
}

/** The string tokens of a JSON document except names. A regular expression would overflow its stack with many escapes. */
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
