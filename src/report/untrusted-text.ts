import { collapseWhitespace, type Redactor } from '../secrets/masks/redactor.js'

/** Beyond this many characters what the other side says is not looked through, so nothing of it is shown. */
const MAX_LENGTH = 64 * 1024

/** As many characters of it are shown. */
const MAX_SHOWN = 300

/**
 * Makes what came from outside fit to be shown inside a sentence of ours: without the values that this run knows,
 * without markup, on one line, cut, and unable to act as a command of the runner.
 */
export function untrustedText(text: string, redactor: Redactor): string {
  if (text.length > MAX_LENGTH) return `(${text.length} characters, not shown)`
  // A value may be seen before markup and white space are tidied, or only after. Where that makes a difference, something
  // of it may be left in both.
  const plain = collapseWhitespace(withoutMarkup(text))
  const clean = redactor.redact(collapseWhitespace(withoutMarkup(redactor.redact(text))))
  // Also decoded first: where a piece of an escaped value is hidden, the rest of it may be too short to be seen.
  if (clean !== redactor.redact(plain) || unescaped(clean) !== redactor.redact(unescaped(plain))) {
    return '(not shown, since it holds a secret in another form)'
  }
  const shown = clean.replaceAll('##[', '## [')
  // By code points, so that no half of a surrogate pair is left at the cut.
  const [start = ''] = new RegExp(`^.{0,${MAX_SHOWN}}`, 'u').exec(shown) ?? []
  return start === shown ? shown : `${start}…`
}

/**
 * Takes out tags, and scripts and styles with what is in them. Each search stops at the next place where it could have
 * begun, or is sure to find an end: a text that only opens tags would otherwise be searched to its end from each of
 * them, and the report of a run would not come out.
 */
function withoutMarkup(text: string): string {
  const rest = text.replace(/<(style|script)\b(?:(?!<\1\b).)*?<\/\1\s*>/gis, ' ')
  const lastEnd = rest.lastIndexOf('>') + 1
  return rest.slice(0, lastEnd).replace(/<[^>]*>/g, ' ') + rest.slice(lastEnd)
}

/** A text with the escapes undone that a server may have its own way with: of JSON, Markdown, shells, HTML and URLs. */
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
