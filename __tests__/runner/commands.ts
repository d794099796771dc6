import { cultureIndexOf, trimStart } from './dotnet-text.js'

/** A workflow command as the runner understood it. */
export interface Command {
  /** Lower case; the runner compares without regard to it. */
  name: string
  /** Decoded; names in lower case. Of a repeated name the last one counts. */
  properties: Record<string, string>
  /** Decoded, never trimmed. */
  data: string
}

type Escapes = readonly (readonly [escaped: string, character: string])[]

// `%25` comes last, so that `%250A` is the text `%0A` and no line break. Lower-case `%0a` is no escape at all.
const DATA: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
]
const PROPERTY: Escapes = [['%3A', ':'], ['%2C', ','], ...DATA]
const BRACKET: Escapes = [['%3B', ';'], ['%5D', ']'], ...DATA]

/**
 * Reads a line of output as a workflow command by the rules of `ActionCommand` in actions/runner: `::name k=v,k=v::data`
 * at its start, white space aside, or else the old `##[name k=v;k=v]data` anywhere in it.
 * @param known the names, in lower case, that are commands at this point; any other is text
 * @returns undefined when the line is text
 */
export function parseCommand(line: string, known: ReadonlySet<string>): Command | undefined {
  return parseColons(trimStart(line), known) ?? parseBracket(line, known)
}

function parseColons(line: string, known: ReadonlySet<string>): Command | undefined {
  if (cultureIndexOf(line, '::') !== 0) return undefined
  const end = cultureIndexOf(line, '::', 2)
  if (end < 0) return undefined
  return command(line.slice(2, end), ',', PROPERTY, unescape(line.slice(end + 2), DATA), known)
}

function parseBracket(line: string, known: ReadonlySet<string>): Command | undefined {
  const start = cultureIndexOf(line, '##[')
  const end = line.indexOf(']', start)
  if (start < 0 || end < 0) return undefined
  return command(line.slice(start + 3, end), ';', BRACKET, unescape(line.slice(end + 1), BRACKET), known)
}

function command(
  info: string,
  separator: string,
  escapes: Escapes,
  data: string,
  known: ReadonlySet<string>,
): Command | undefined {
  const blank = info.indexOf(' ')
  const name = (blank < 0 ? info : info.slice(0, blank)).toLowerCase()
  if (!known.has(name)) return undefined
  const pairs =
    blank < 0
      ? []
      : info
          .slice(blank + 1)
          .trim()
          .split(separator)
  const properties: Record<string, string> = {}
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals >= 0)
      properties[pair.slice(0, equals).toLowerCase()] = unescape(pair.slice(equals + 1), escapes)
  }
  return { name, properties, data }
}

function unescape(text: string, escapes: Escapes): string {
  return escapes.reduce((unescaped, [escaped, character]) => unescaped.replaceAll(escaped, character), text)
}
