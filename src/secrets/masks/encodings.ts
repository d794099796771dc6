/** GNU `base64` and mail code break lines after 76 characters, OpenSSL and PEM after 64. */
const BASE64_LINES = [76, 64]

/** `xxd -p` breaks lines after 60 digits. */
const HEX_LINE = 60

/**
 * The length of a piece of base64, and the step from one to the next. A line may begin at every fourth character: with a
 * longer step, 16 characters and more at its beginning would be in no whole piece of it.
 */
const BASE64_PIECE = 16

/** So many characters at the end need no piece of their own: a line that begins in the last piece shows 15 with them. */
const BASE64_TAIL = 3

/** Where in the first four characters of a line the base64 of bytes begins that have 0, 1 or 2 others before them. */
const BASE64_STARTS = [0, 2, 3] as const

/** A shorter piece between two line breaks stands in other texts by chance. */
const MIN_BASE64_PIECE = 8

/** What URL libraries escape, and what some make of a blank. */
const PERCENT_FORMS: readonly { readonly escaped: RegExp; readonly blank?: string }[] = [
  { escaped: /[^\w.~-]/g }, // RFC 3986, 2.3: .NET, Python's quote(safe='')
  { escaped: /[^\w.~!*'()-]/g }, // encodeURIComponent
  { escaped: /[^\w.~/-]/g }, // Python's quote
  { escaped: /[^\w.~!*'();,/?:@&=+$#-]/g }, // encodeURI
  { escaped: /[^\w.~-]/g, blank: '+' }, // Go's QueryEscape, Python's quote_plus
  { escaped: /[^\w.*-]/g, blank: '+' }, // the forms of browsers, Java
  { escaped: /[^\w.-]/g, blank: '+' }, // PHP
  { escaped: /[^\w.!*()-]/g, blank: '+' }, // UrlEncode of .NET
]

/**
 * What tools make of bytes, wherever in a longer content these stand: base64 and base64url at each of the three
 * alignments, hex in both cases, and percent forms with digits in both cases.
 *
 * Of base64, only the characters that these bytes alone decide: those at the ends depend on what stands around.
 */
export function encodedForms(bytes: Buffer): string[] {
  return [
    // With its end, too, where the bytes are all that was encoded.
    bytes.toString('base64'),
    ...base64CoresOf(bytes),
    ...hexOf(bytes),
    ...percentFormsOf(bytes),
  ]
}

/** The lines that tools make of the base64 and the hex of a whole value, where these are longer than a line. */
export function encodedLines(bytes: Buffer): string[] {
  return [...base64LinesOf(bytes), ...hexLinesOf(bytes)]
}

/**
 * The lines of the base64 of a whole value, where it is longer than a line; of the last one also what stays the same when
 * something follows the value, such as the line break of `echo`.
 */
export function base64LinesOf(bytes: Buffer): string[] {
  return BASE64_LINES.flatMap((width) => {
    const lines = linesOf(bytes.toString('base64'), width)
    const last = bytes.subarray(bytes.length - 1 - ((bytes.length - 1) % ((width / 4) * 3)))
    return lines.length === 0 ? [] : [...lines, core(last, 0)]
  })
}

/**
 * The pieces that the lines of {@link base64LinesOf} are made of, so that each character is in one piece as a rule: the
 * base64 is cut where the lines of any width end. What follows the value may change its end, which is in no piece.
 */
export function base64LinePiecesOf(bytes: Buffer): string[] {
  const { length } = bytes.toString('base64')
  const whole = core(bytes, 0)
  const cuts = new Set([0, whole.length])
  for (const width of BASE64_LINES) for (let at = width; at < whole.length; at += width) cuts.add(at)
  if (length <= Math.min(...BASE64_LINES)) return []
  const ends = [...cuts].sort((one, other) => one - other)
  const pieces: string[] = []
  for (let at = 0; at + 1 < ends.length; at++) {
    const [before, start = 0, end = 0, behind] = [ends[at - 1], ends[at], ends[at + 1], ends[at + 2]]
    if (end - start >= MIN_BASE64_PIECE || behind === undefined) pieces.push(whole.slice(start, end))
    // Lines of one width end where it begins, those of the other where it ends.
    else pieces.push(whole.slice(before, end), whole.slice(start, behind))
  }
  return pieces
}

/** The lines of the hex of a whole value, in both cases, where it is longer than a line. */
export function hexLinesOf(bytes: Buffer): string[] {
  return hexOf(bytes).flatMap((digits) => linesOf(digits, HEX_LINE))
}

/** Hex in both cases. */
export function hexOf(bytes: Buffer): string[] {
  const digits = bytes.toString('hex')
  return [digits, digits.toUpperCase()]
}

/**
 * The base64 and base64url of bytes at each alignment: the characters that are the same whatever stands around them, on
 * one line.
 */
export function base64CoresOf(bytes: Buffer): string[] {
  return coresOf(bytes).flatMap((base64) => [base64, ...inUrls(base64)])
}

/**
 * Pieces of the base64 of bytes at each alignment, for where the lines of a longer content begin anywhere in it. Of each
 * line of whatever width, fewer than 16 characters at either end are in no piece; without line breaks, pieces cover all but
 * two characters at the beginning and three at the end.
 */
export function base64PiecesOf(bytes: Buffer): string[] {
  return coresOf(bytes).flatMap((all, before) => {
    if (all.length <= BASE64_PIECE) return [all, ...inUrls(all)]
    // Pieces begin where lines may.
    const first = (4 - (BASE64_STARTS[before] ?? 0)) % 4
    const pieces = inUrls(all)
    for (let at = first; at + BASE64_TAIL < all.length; at += BASE64_PIECE) {
      pieces.push(all.slice(at, at + BASE64_PIECE))
    }
    return pieces
  })
}

function coresOf(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => core(bytes, before))
}

/** The base64url of a base64 text, where it is another. */
function inUrls(base64: string): string[] {
  return /[+/]/.test(base64) ? [base64.replaceAll('+', '-').replaceAll('/', '_')] : []
}

/** Percent forms, with digits in both cases. */
export function percentFormsOf(bytes: Buffer): string[] {
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

/** The base64 of bytes behind `before` others, without the characters that those, or what follows, decide as well. */
function core(bytes: Buffer, before: number): string {
  const padded = before === 0 ? bytes : Buffer.concat([Buffer.alloc(before), bytes])
  const start = BASE64_STARTS[before] ?? 0
  // Each character has six bits.
  const end = Math.floor((padded.length * 8) / 6)
  return padded.toString('base64').slice(start, end)
}

/** Cuts a text into lines of a width; nothing if it fits into one. */
function linesOf(text: string, width: number): string[] {
  const lines: string[] = []
  if (text.length <= width) return lines
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width))
  return lines
}
