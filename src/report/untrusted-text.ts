import { collapseWhitespace, type Redactor } from '../secrets/masks/redactor.js'

/** Untrusted text that is longer, in characters, is not searched for values, so nothing of it is shown. */
const MAX_LENGTH = 64 * 1024

/** The most characters of it that are shown. */
const MAX_SHOWN = 300

/**
 * Makes untrusted text safe to show inside a sentence: without the values that this run knows, without markup, on one
 * line, cut to {@link MAX_SHOWN} characters, and not readable as a command of the runner.
 */
export function untrustedText(text: string, redactor: Redactor): string {
  if (text.length > MAX_LENGTH) return `(${text.length} characters, not shown)`
  // A value may be recognizable only before markup and white space are removed, or only after. If the two results differ,
  // a part of a value may be left in both.
  const plain = collapseWhitespace(withoutMarkup(text))
  const clean = redactor.redact(collapseWhitespace(withoutMarkup(redactor.redact(text))))
  // Also decoded first: where a part of an escaped value is hidden, the rest of it may be too short to be recognized.
  if (clean !== redactor.redact(plain) || unescaped(clean) !== redactor.redact(unescaped(plain))) {
    return '(not shown, because it contains a secret in another form)'
  }
  const shown = clean.replaceAll('##[', '## [')
  // By code points, so that the cut leaves no half of a surrogate pair.
  const [start = ''] = new RegExp(`^.{0,${MAX_SHOWN}}`, 'u').exec(shown) ?? []
  return start === shown ? shown : `${start}…`
}

/**
 * Whether a name can be part of a command to copy: it is short, and nothing in it has to be changed or hidden. A name from
 * the inputs does not echo a request, so only whole values are looked for in it.
 */
export function isSafeToShow(name: string, redactor: Redactor, source: 'input' | 'untrusted'): boolean {
  if (name === '' || name.length > MAX_SHOWN || name.includes('##[')) return false
  if (collapseWhitespace(name) !== name) return false
  if (source === 'input') return redactor.redactWholes(name) === name
  return [name, unescaped(name)].every((text) => redactor.redact(text) === text)
}

/**
 * Removes tags, and scripts and styles with their content. Each search stops at the next place where it could have
 * started, or is sure to find an end. Otherwise a text that only opens tags would be searched to its end from each of
 * them, and the report would not finish.
 */
function withoutMarkup(text: string): string {
  const rest = text.replace(/<(style|script)\b(?:(?!<\1\b).)*?<\/\1\s*>/gis, ' ')
  const lastEnd = rest.lastIndexOf('>') + 1
  return rest.slice(0, lastEnd).replace(/<[^>]*>/g, ' ') + rest.slice(lastEnd)
}

/** The text without the escapes that a server may have added: of JSON, Markdown, shells, HTML and URLs. */
function unescaped(text: string): string {
  return text
    .replace(/\\u([\da-f]{4})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)))
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi, (all, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16)
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : all
    })
    .replace(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
    .normalize('NFC')
}
