/** GNU `base64` and mail code break lines after 76 characters, OpenSSL and PEM after 64. */
const BASE64_LINES = [76, 64]

/** `xxd -p` breaks lines after 60 digits. */
const HEX_LINE = 60

/** What URL libraries escape, and what some make of a blank. */
const PERCENT_FORMS: readonly { readonly escaped: RegExp; readonly blank?: string }[] = [
  { escaped: /[^\w.~-]/g }, // RFC 3986, 2.3: .NET, Python's quote(safe='')
  { escaped: /[^\w.~!*'()-]/g }, // encodeURIComponent
  { escaped: /[^\w.~/-]/g }, // Python's quote
  { escaped: /[^\w.~!*'();,/?:@&=+$#-]/g }, // encodeURI
  { escaped: /[^\w.~-]/g, blank: '+' }, // Go's QueryEscape, Python's quote_plus
  { escaped: /[^\w.*-]/g, blank: '+' }, // the forms of browsers, Java
  { escaped: /[^\w.-]/g, blank: '+' }, // PHP
]

/**
 * What tools make of bytes, wherever in a longer content these stand: base64 and base64url at each of the three
 * alignments, hex in both cases, and percent forms with digits in both cases.
 *
 * Of base64, only the characters that these bytes alone decide: those at the ends depend on what stands around.
 */
export function encodingsOf(bytes: Buffer): string[] {
  return [
    // With its end, too, where the bytes are all that was encoded.
    bytes.toString('base64'),
    ...[0, 1, 2].flatMap((before) => base64Core(bytes, before)),
    ...bothCases(bytes.toString('hex')),
    ...percentForms(bytes),
  ]
}

/** The lines that tools make of the base64 and the hex of a whole value, where these are longer than a line. */
export function encodedLinesOf(bytes: Buffer): string[] {
  const base64 = bytes.toString('base64')
  const hex = bytes.toString('hex')
  return [
    ...BASE64_LINES.flatMap((width) => linesOf(base64, width)),
    ...bothCases(hex).flatMap((digits) => linesOf(digits, HEX_LINE)),
  ]
}

/** What tools make of text that has something to escape: in JSON, in HTML, in a shell. */
export function escapesOf(text: string): string[] {
  if (/^[\w +.=-]*$/.test(text)) return []
  const json = JSON.stringify(text).slice(1, -1)
  // Python escapes what is not ASCII, Go what means something to HTML.
  const ascii = json.replace(/[^\0-\x7f]/g, unicodeEscape)
  const html = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  return [
    json,
    ascii,
    // PHP escapes the slash as well.
    json.replaceAll('/', '\\/'),
    ...[json, ascii].map((form) => form.replace(/[<>&]/g, unicodeEscape)),
    // Python, Go and everybody else have their own way with quotes.
    ...[
      ['&quot;', '&#x27;'],
      ['&#34;', '&#39;'],
      ['&quot;', '&#39;'],
      // PHP before 8.1, and many that write a page by hand.
      ['&quot;', "'"],
      ['"', "'"],
    ].map(([double = '', single = '']) => html.replaceAll('"', double).replaceAll("'", single)),
    // A trace of bash (`set -x`).
    text.replaceAll("'", String.raw`'\''`),
  ]
}

/** The base64 and base64url of bytes behind `before` others, without the characters that those decide as well. */
function base64Core(bytes: Buffer, before: number): string[] {
  const padded = before === 0 ? bytes : Buffer.concat([Buffer.alloc(before), bytes])
  // Each character has six bits.
  const start = Math.ceil((before * 8) / 6)
  const end = Math.floor((padded.length * 8) / 6)
  return [padded.toString('base64').slice(start, end), padded.toString('base64url').slice(start, end)]
}

function percentForms(bytes: Buffer): string[] {
  // Bytes as characters, one for one.
  const text = bytes.toString('latin1')
  // What no library escapes is the text itself.
  const special = [...new Set(text.match(/[^\w.-]/g))].join('')
  if (special === '') return []
  const made = new Set<string>()
  return PERCENT_FORMS.flatMap(({ escaped, blank = '%20' }) => {
    // Most libraries differ in characters alone that this value does not have.
    const difference = (special.match(escaped) ?? []).join('') + (special.includes(' ') ? blank : '')
    if (made.has(difference)) return []
    made.add(difference)
    const lower = text.replace(escaped, (byte) =>
      byte === ' ' ? blank : `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    return [lower, lower.replace(/%[\da-f]{2}/g, (form) => form.toUpperCase())]
  })
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function bothCases(hex: string): string[] {
  return [hex, hex.toUpperCase()]
}

/** Cuts a text into lines of a width; nothing if it fits into one. */
function linesOf(text: string, width: number): string[] {
  return text.length > width ? (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []) : []
}
