import { SecretValue } from '../secret-value.js'
import { MIN_MASK_LENGTH } from './masks/value-forms.js'

/** As many of them are values of their own. */
const MAX_VALUES = 1_000

/** So much of a line that cannot be read is masked; less would hide parts of the log for nothing. */
export const MIN_PIECE_LENGTH = 8

/** Words of JSON and YAML that are no secret. */
const WORDS = new Set(['true', 'false', 'null'])

/**
 * Where a string of a broken document begins or ends: at a quote beside what JSON has between two strings. Once all quotes,
 * as in values that nothing has escaped; once all that are not escaped.
 */
const QUOTES = [
  /(?:^|[{[,:])\s*["']|["']\s*(?=[,:}\]]|$)/g,
  /(?:^|[{[,:])\s*["']|(?<!(?<!\\)(?:\\\\)*\\)["']\s*(?=[,:}\]]|$)/g,
]

/**
 * The values to mask of a source that is refused: these texts without those of fewer than four characters, which would
 * hide parts of the error itself, and without words that are no secret. They are the lines of one value where they are
 * many: a million values take minutes.
 */
export function refusedValues(texts: Iterable<string>): SecretValue[] {
  const kept = new Set<string>()
  for (const text of texts) {
    if (text.trim().length >= MIN_MASK_LENGTH && !WORDS.has(text.trim())) kept.add(text)
  }
  return (kept.size <= MAX_VALUES ? [...kept] : [[...kept].join('\n')]).map((text) => new SecretValue(text))
}

/**
 * What may be a value in a document that is no JSON, or in lines that are none of the map: strings and numbers, also in
 * quotes of the other kind, with quotes or line breaks within, or cut off; and what stands behind a name on a line
 * (`name: value`, `name = value`). Some of it is more, or less, than a value. Each character is looked at a few times only.
 */
export function valuesInBroken(text: string): Set<string> {
  const values = new Set<string>()
  const add = (value: string, isString: boolean): void => {
    if (isString) {
      values.add(value)
      const decoded = decodedString(value)
      if (decoded !== undefined) values.add(decoded)
      if (value.includes('"')) for (const part of value.split('"')) values.add(part)
      return
    }
    for (const line of value.split(/[\r\n]+/)) {
      const bare = line.replace(/^[\s,:{}[\]]+/, '')
      const piece = bare.slice(0, lengthWithout(bare, /[\s,:{}[\]]/))
      if (piece.length >= MIN_PIECE_LENGTH || /^-?\d+$/.test(piece)) values.add(piece)
    }
  }
  for (const quotes of QUOTES) {
    let last = 0
    let isString = false
    for (const { 0: found, index } of text.matchAll(quotes)) {
      const end = index + found.length
      const isName = /^["']/.test(found) && text[end] === ':'
      if (!isName) add(text.slice(last, index), isString)
      isString = /^(?:$|[{[,:\s])/.test(found) || index === 0
      last = end
    }
    add(text.slice(last), isString)
  }
  for (const part of [...text.split(/[\r\n]+/), ...text.split(/[\r\n,{}[\]]+/)]) {
    const [, value] = /^\s*(?:-\s+|export\s+)?["']?[\w./-]+["']?\s*[:=]\s*(\S.*)$/.exec(part) ?? []
    if (value === undefined) continue
    const bare = value.slice(0, lengthWithout(value, /[\s,]/))
    values.add(bare)
    values.add(withoutQuotes(bare))
  }
  return values
}

/** Without a quote at its beginning and one at its end. */
export function withoutQuotes(text: string): string {
  return text.replace(/^["'`]|["'`]$/g, '')
}

/** The length of a text without what is at its end. By a loop: a pattern would try each of a million blanks again. */
function lengthWithout(text: string, atEnd: RegExp): number {
  let { length } = text
  while (length > 0 && atEnd.test(text.charAt(length - 1))) length--
  return length
}

/** What a string of JSON stands for, with its control characters as they are; undefined if its escapes are broken. */
function decodedString(text: string): string | undefined {
  try {
    // eslint-disable-next-line no-control-regex -- JSON wants these escaped
    const escaped = text.replace(/[\u0000-\u001f]/g, (character) => JSON.stringify(character).slice(1, -1))
    return JSON.parse(`"${escaped}"`) as string
  } catch {
    return undefined
  }
}
