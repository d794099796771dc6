import { SecretValue } from '../secret-value.js'
import { MIN_MASK_LENGTH } from './masks/value-forms.js'

/** The most texts that are masked one by one. */
const MAX_VALUES = 1_000

/** Shorter parts of an invalid line are not masked: they would garble the log. */
export const MIN_INVALID_LENGTH = 8

/** Words of JSON and YAML, which are not secrets. */
const WORDS = new Set(['true', 'false', 'null'])

/**
 * Where a string of an invalid document may begin or end: at a quote next to a JSON delimiter. The first pattern finds all
 * quotes, the second only quotes that are not escaped.
 */
const QUOTES = [
  /(?:^|[{[,:])\s*["']|["']\s*(?=[,:}\]]|$)/g,
  /(?:^|[{[,:])\s*["']|(?<!(?<!\\)(?:\\\\)*\\)["']\s*(?=[,:}\]]|$)/g,
]

/**
 * Returns the texts of an invalid source that are worth masking, as values. Texts of fewer than four characters are left
 * out, because their masks would garble the error, and so are words such as `true`. Many texts become the lines of one
 * value, because a million values take minutes.
 */
export function maskableValues(texts: Iterable<string>): SecretValue[] {
  const kept = new Set<string>()
  for (const text of texts) {
    if (text.trim().length >= MIN_MASK_LENGTH && !WORDS.has(text.trim())) kept.add(text)
  }
  return (kept.size <= MAX_VALUES ? [...kept] : [[...kept].join('\n')]).map((text) => new SecretValue(text))
}

/**
 * Finds possible values in an invalid JSON document or in invalid lines: strings and numbers, also in single quotes, with
 * quotes or line breaks inside, or cut off, and texts after a name (`name: value`, `name = value`). Some results are more,
 * or less, than a value. The work is linear in the length of the text.
 */
export function valuesInInvalidText(text: string): Set<string> {
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
      const item = bare.slice(0, lengthWithout(bare, /[\s,:{}[\]]/))
      if (item.length >= MIN_INVALID_LENGTH || /^-?\d+$/.test(item)) values.add(item)
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

/** The text without a quote at its start and at its end. */
export function withoutQuotes(text: string): string {
  return text.replace(/^["'`]|["'`]$/g, '')
}

/** The length of a text without these characters at its end. A regular expression would be slow for a million blanks. */
function lengthWithout(text: string, atEnd: RegExp): number {
  let { length } = text
  while (length > 0 && atEnd.test(text.charAt(length - 1))) length--
  return length
}

/** The content of a JSON string that may contain control characters; undefined if an escape is invalid. */
function decodedString(text: string): string | undefined {
  try {
    // eslint-disable-next-line no-control-regex -- JSON wants these escaped
    const escaped = text.replace(/[\u0000-\u001f]/g, (character) => JSON.stringify(character).slice(1, -1))
    return JSON.parse(`"${escaped}"`) as string
  } catch {
    return undefined
  }
}
