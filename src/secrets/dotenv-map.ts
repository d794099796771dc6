import type { InputError } from './input-error.js'
import { SecretValue } from '../secret-value.js'
import type { MapDocument, MapMember } from './map-document.js'
import {
  MIN_INVALID_LENGTH,
  maskableValues,
  valuesInInvalidText,
  withoutQuotes,
} from './values-in-invalid-text.js'

const OR_JSON = 'or let the tool that writes the file write JSON'

const NOT_A_LINE = `not a dotenv line. Write NAME=value without spaces around the equals sign, ${OR_JSON}`

const NOT_CLOSED =
  'the quotes of this value are not closed, or text follows them. Close them. Put a value with both kinds of quotes ' +
  'into a JSON file'

const AMBIGUOUS = 'dotenv parsers read this value differently: '

const IN_NO_QUOTES =
  `${AMBIGUOUS}it contains a number sign, a dollar sign or a backslash, begins or ends with a space, or begins with a ` +
  `backtick. Put it in single quotes, ${OR_JSON}`

const IN_SINGLE_QUOTES = `${AMBIGUOUS}a backslash precedes another backslash or the closing quote. Put it into a JSON file`

const IN_DOUBLE_QUOTES = `${AMBIGUOUS}it contains a dollar sign, or a backslash without an n after it. Put it in single quotes, ${OR_JSON}`

const CONTROL_CHARACTER =
  'contains a carriage return or another control character, which dotenv parsers change or drop. Save the file with LF ' +
  'line endings. Put a value with such a character into a JSON file'

/**
 * Reads a dotenv file: lines `NAME=value`, which may start with `export`. A value is plain, in single quotes (literal), or
 * in double quotes (`\n` is a line break). Quoted values may span several lines. Empty lines and comments are skipped.
 *
 * There is no standard. Parsers differ about `#` in a plain value, and about `\"`, `$` and `\r`. A value that dotenv, Node,
 * python-dotenv and godotenv do not all read in the same way is refused. None of these libraries is used here, because
 * they report no error for lines that they skip, cut or change.
 *
 * @param text The file without a byte order mark.
 * @param input The input that names the file, for the errors.
 */
export function readDotenvMap(text: string, input: string): MapDocument {
  const members: MapMember[] = []
  const errors: InputError[] = []
  const invalidTexts = new Set<string>()
  let namesAreReliable = true
  let line = 1
  for (let at = 0; at < text.length; line++) {
    const location = { input, line }
    const lineEnd = endOfLine(text, at)
    const statement = text.slice(at, lineEnd).replace(/\r$/, '')
    const [head, name = '', quote] = /^(?:export[ \t]+)?([A-Za-z0-9_.-]+)=(["']?)/.exec(statement) ?? []
    const start = at + (head?.length ?? 0)
    at = lineEnd + 1
    if (/^[ \t]*(?:#[^\p{Cc}\u2028\u2029]*)?$/u.test(statement)) continue

    const value =
      head === undefined
        ? { problem: NOT_A_LINE }
        : quote === ''
          ? readUnquoted(statement.slice(head.length))
          : readQuoted(text, start, quote as Quote)
    if ('problem' in value) {
      errors.push({ ...location, message: value.problem })
      const invalid = statement.slice(head?.length)
      if (head === undefined && invalid.length >= MIN_INVALID_LENGTH) invalidTexts.add(invalid)
      for (const each of head === undefined ? valuesInInvalidText(invalid) : possibleValues(invalid)) {
        invalidTexts.add(each)
      }
      continue
    }
    members.push({ name, value: new SecretValue(value.text), location })
    // The last line of a pasted base64 text looks like a name with an empty value, or with the value `=`.
    if (/^\s*=?\s*$/.test(value.text)) namesAreReliable = false
    for (; value.end !== undefined && at <= value.end; line++) at = endOfLine(text, at) + 1
  }
  return {
    members,
    errors,
    onlyMasked: maskableValues(invalidTexts),
    namesAreReliable: namesAreReliable && errors.length === 0,
  }
}

/** The values that parsers may read in a refused value: with or without its comment, quotes and escapes. */
function possibleValues(text: string): Set<string> {
  const [beforeComment = ''] = text.split('#', 1)
  const parts = [text, beforeComment].map((part) => part.trim())
  const bare = [...parts, ...parts.map(withoutQuotes)]
  return new Set([
    text,
    ...bare,
    ...bare.map((each) => each.replace(/\\([^])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped)),
  ])
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

type Quote = '"' | "'"

/** A value, and for a quoted value the position after its line; or the reason why it cannot be read. */
type ParsedValue = { readonly text: string; readonly end?: number } | { readonly problem: string }

function readUnquoted(text: string): ParsedValue {
  if (hasControlCharacter(text)) return { problem: CONTROL_CHARACTER }
  if (/[#$\\]|^`/.test(text) || text.trim() !== text) return { problem: IN_NO_QUOTES }
  return { text }
}

/** Reads the value between the quotes that begin before `start`. */
function readQuoted(text: string, start: number, quote: Quote): ParsedValue {
  const close = closingQuote(text, start, quote)
  AFTER_QUOTES.lastIndex = close + 1
  const [rest] = (close !== -1 && AFTER_QUOTES.exec(text)) || []
  if (rest === undefined) return { problem: NOT_CLOSED }
  const content = text.slice(start, close)
  if (hasControlCharacter(content)) return { problem: CONTROL_CHARACTER }
  const end = close + 1 + rest.length
  if (quote === "'") {
    return /\\(?:\\|$)/.test(content) ? { problem: IN_SINGLE_QUOTES } : { text: content, end }
  }
  return /\$|\\(?!n)/.test(content)
    ? { problem: IN_DOUBLE_QUOTES }
    : { text: content.replaceAll('\\n', '\n'), end }
}

/** What may follow the closing quote on its line. */
const AFTER_QUOTES = /(?:[ \t]+#[^\r\n]*|[ \t]*)(?=\r?(?:\n|$))/y

/** The position of the closing quote, or -1. A regular expression would overflow its stack at some 100,000 escapes. */
function closingQuote(text: string, start: number, quote: Quote): number {
  for (let at = start; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++
    else if (text[at] === quote) return at
  }
  return -1
}

/** Tests also for U+2028 and U+2029, which end a line for some parsers. */
function hasControlCharacter(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text.replaceAll(/[\t\n]/g, ''))
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}
