import type { InputError } from './input-error.js'
import { SecretValue } from '../secret-value.js'
import type { MapDocument, MapMember } from './map-document.js'
import { MIN_PIECE_LENGTH, refusedValues, valuesInBroken, withoutQuotes } from './refused-values.js'

const OR_JSON = 'or let the tool that writes the file write JSON'

const NOT_A_LINE = `not a line of a dotenv file. Write NAME=value, with no blank around the equals sign, ${OR_JSON}`

const NOT_CLOSED =
  `the quotes of this value do not end, or something stands behind them. End them, and put a value that has both ` +
  `kinds of quotes into a JSON file`

const DISAGREEMENT = 'readers of dotenv files make different values of this one: '

const PLAIN = `${DISAGREEMENT}it has a number sign, dollar sign or backslash, or a blank or a backtick at its ends. Put it between single quotes, ${OR_JSON}`

const IN_SINGLE_QUOTES = `${DISAGREEMENT}a backslash stands before another, or before the quotes' end. Put it into a JSON file`

const IN_DOUBLE_QUOTES = `${DISAGREEMENT}it has a dollar sign, or a backslash without an n behind it. Put it between single quotes, ${OR_JSON}`

const CONTROL_CHARACTER =
  'holds a carriage return or another control character, which readers of dotenv files change or drop. Save the file ' +
  'with line breaks of LF, and put a value that has such a character into a JSON file'

/**
 * Reads a dotenv file: lines `NAME=value`, with `export` before them or not, the value plain, in single quotes, where
 * all stands for itself, or in double quotes, where `\n` is a line break. Both quotes may go over several lines. Empty
 * lines and comments are skipped.
 *
 * There is no standard, and each reader makes other values of some lines: of `#` in a plain value, of `\"`, `$` and `\r`.
 * What dotenv, Node, python-dotenv and godotenv do not agree on is refused, so what is read is what was meant. That is why
 * none of them does the reading here: they say nothing of lines that they skip, cut or change.
 *
 * @param text Without a byte order mark.
 * @param input The input that holds the file's path, for the faults.
 */
export function readDotenvMap(text: string, input: string): MapDocument {
  const members: MapMember[] = []
  const errors: InputError[] = []
  const pieces = new Set<string>()
  let namesAreSure = true
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
          ? readPlain(statement.slice(head.length))
          : readQuoted(text, start, quote as Quote)
    if ('problem' in value) {
      errors.push({ ...location, message: value.problem })
      const piece = statement.slice(head?.length)
      if (head === undefined && piece.length >= MIN_PIECE_LENGTH) pieces.add(piece)
      for (const each of head === undefined ? valuesInBroken(piece) : readingsOf(piece)) pieces.add(each)
      continue
    }
    members.push({ name, value: new SecretValue(value.text), location })
    // The tail of a base64 text that was pasted over several lines looks like a name with nothing, or a `=`, behind it.
    if (/^\s*=?\s*$/.test(value.text)) namesAreSure = false
    for (; value.end !== undefined && at <= value.end; line++) at = endOfLine(text, at) + 1
  }
  return {
    members,
    errors,
    discarded: refusedValues(pieces),
    namesAreReliable: namesAreSure && errors.length === 0,
  }
}

/** What readers make of a value that is refused: each with a comment or without, its quotes and its escapes. */
function readingsOf(text: string): Set<string> {
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

/** What a value was read as, with the place behind it if it has several lines; or why it was not read. */
type ReadValue = { readonly text: string; readonly end?: number } | { readonly problem: string }

function readPlain(text: string): ReadValue {
  if (hasControlCharacter(text)) return { problem: CONTROL_CHARACTER }
  if (/[#$\\]|^`/.test(text) || text.trim() !== text) return { problem: PLAIN }
  return { text }
}

/** Reads the value between the quotes that begin before `start`. */
function readQuoted(text: string, start: number, quote: Quote): ReadValue {
  const close = closingQuote(text, start, quote)
  BEHIND_QUOTES.lastIndex = close + 1
  const [rest] = (close !== -1 && BEHIND_QUOTES.exec(text)) || []
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

/** What may follow on the line where quotes end. */
const BEHIND_QUOTES = /(?:[ \t]+#[^\r\n]*|[ \t]*)(?=\r?(?:\n|$))/y

/** Where the quotes end, or -1. By a loop: a pattern keeps every escape on a stack, which holds some 100,000. */
function closingQuote(text: string, start: number, quote: Quote): number {
  for (let at = start; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++
    else if (text[at] === quote) return at
  }
  return -1
}

/** Also U+2028 and U+2029, which end a line to some. */
function hasControlCharacter(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text.replaceAll(/[\t\n]/g, ''))
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}
