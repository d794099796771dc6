/** GNU `base64` and mail libraries break lines after 76 characters, OpenSSL and PEM after 64. */
const BASE64_LINES = [76, 64]

/** `xxd -p` breaks lines after 60 digits. */
const HEX_LINE = 60

/**
 * The length of a chunk of base64, and the distance of two chunks. A line may begin at every fourth character. With a
 * greater distance, the first 16 characters of a line could be in no complete chunk.
 */
const BASE64_CHUNK = 16

/** The last characters that need no chunk: a line that begins in the last chunk shows at most 15 characters with them. */
const BASE64_TAIL = 3

/** The position of the first base64 character that these bytes determine, after 0, 1 or 2 other bytes. */
const BASE64_STARTS = [0, 2, 3] as const

/** A shorter chunk between two line breaks may occur in other texts by chance. */
const MIN_BASE64_CHUNK = 8

/** The characters that URL libraries escape, and how they write a space. */
const PERCENT_FORMS: readonly { readonly escaped: RegExp; readonly space?: string }[] = [
  { escaped: /[^\w.~-]/g }, // RFC 3986, 2.3: .NET, Python's quote(safe='')
  { escaped: /[^\w.~!*'()-]/g }, // encodeURIComponent
  { escaped: /[^\w.~/-]/g }, // Python's quote
  { escaped: /[^\w.~!*'();,/?:@&=+$#-]/g }, // encodeURI
  { escaped: /[^\w.~-]/g, space: '+' }, // Go's QueryEscape, Python's quote_plus
  { escaped: /[^\w.*-]/g, space: '+' }, // forms in browsers, Java
  { escaped: /[^\w.-]/g, space: '+' }, // PHP
  { escaped: /[^\w.!*()-]/g, space: '+' }, // UrlEncode of .NET
]

/** The percent-encodings of each byte, made once: a file of 128 KiB has a million bytes to escape. */
const LOWER_ESCAPES = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).padStart(2, '0')}`)
const UPPER_ESCAPES = LOWER_ESCAPES.map((escape) => escape.toUpperCase())

/**
 * The encodings of bytes inside a longer content: base64 and base64url at all three offsets, hex in both cases, and
 * percent-encoding in both cases.
 *
 * Of base64 only the characters that these bytes determine: the characters at the ends also depend on the bytes around.
 */
export function encodedForms(bytes: Buffer): string[] {
  return [
    // With its end: the bytes may be the whole content.
    bytes.toString('base64'),
    ...stableBase64Of(bytes),
    ...hexOf(bytes),
    ...percentFormsOf(bytes),
  ]
}

/** The lines of the base64 and hex of a whole value, if they are longer than one line. */
export function encodedLines(bytes: Buffer): string[] {
  return [...base64LinesOf(bytes), ...hexLinesOf(bytes)]
}

/**
 * The lines of the base64 of a whole value, if it is longer than one line. The last line is added a second time without
 * the characters that change if something follows the value, such as the line break of `echo`.
 */
export function base64LinesOf(bytes: Buffer): string[] {
  return BASE64_LINES.flatMap((width) => {
    const lines = linesOf(bytes.toString('base64'), width)
    const last = bytes.subarray(bytes.length - 1 - ((bytes.length - 1) % ((width / 4) * 3)))
    return lines.length === 0 ? [] : [...lines, stableBase64(last, 0)]
  })
}

/**
 * The chunks that the lines of {@link base64LinesOf} consist of. The base64 is cut where the lines of any width end, so most
 * characters are in only one chunk. The end is in no chunk, because it changes if something follows the value.
 */
export function base64LineChunksOf(bytes: Buffer): string[] {
  const whole = stableBase64(bytes, 0)
  // With the padding, which the characters above do not have.
  if (4 * Math.ceil(bytes.length / 3) <= Math.min(...BASE64_LINES)) return []
  const cuts = new Set([0, whole.length])
  for (const width of BASE64_LINES) for (let at = width; at < whole.length; at += width) cuts.add(at)
  const ends = [...cuts].sort((one, other) => one - other)
  const chunks: string[] = []
  for (let at = 0; at + 1 < ends.length; at++) {
    const [before, start = 0, end = 0, after] = [ends[at - 1], ends[at], ends[at + 1], ends[at + 2]]
    if (end - start >= MIN_BASE64_CHUNK || after === undefined) chunks.push(whole.slice(start, end))
    // Lines of one width end at its start, lines of the other width at its end.
    else chunks.push(whole.slice(before, end), whole.slice(start, after))
  }
  return chunks
}

/** The lines of the hex of a whole value in both cases, if it is longer than one line. */
export function hexLinesOf(bytes: Buffer): string[] {
  return hexOf(bytes).flatMap((digits) => linesOf(digits, HEX_LINE))
}

/** Hex in both cases. */
export function hexOf(bytes: Buffer): string[] {
  const digits = bytes.toString('hex')
  return [digits, digits.toUpperCase()]
}

/** The base64 and base64url of bytes at all three offsets, on one line: the characters that these bytes determine. */
export function stableBase64Of(bytes: Buffer): string[] {
  return stableBase64AtOffsets(bytes).flatMap((base64) => [base64, ...base64UrlOf(base64)])
}

/**
 * Chunks of the base64 of bytes at all three offsets, for contents whose lines may begin anywhere in these bytes. In a line
 * of any width, fewer than 16 characters at each end are in no chunk. Without line breaks, the chunks cover everything
 * except two characters at the start and three at the end.
 */
export function base64ChunksOf(bytes: Buffer): string[] {
  return stableBase64AtOffsets(bytes).flatMap((all, before) => {
    if (all.length <= BASE64_CHUNK) return [all, ...base64UrlOf(all)]
    // Chunks begin where lines may begin.
    const first = (4 - (BASE64_STARTS[before] ?? 0)) % 4
    const chunks = base64UrlOf(all)
    for (let at = first; at + BASE64_TAIL < all.length; at += BASE64_CHUNK) {
      chunks.push(all.slice(at, at + BASE64_CHUNK))
    }
    return chunks
  })
}

function stableBase64AtOffsets(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => stableBase64(bytes, before))
}

/** The base64url of a base64 text, if it is different. */
function base64UrlOf(base64: string): string[] {
  return /[+/]/.test(base64) ? [base64.replaceAll('+', '-').replaceAll('/', '_')] : []
}

/** The percent-encodings of bytes, in both cases. */
export function percentFormsOf(bytes: Buffer): string[] {
  // One character per byte.
  const text = bytes.toString('latin1')
  // No library escapes the other characters.
  const special = [...new Set(text.match(/[^\w.-]/g))].join('')
  if (special === '') return []
  const made = new Set<string>()
  return PERCENT_FORMS.flatMap(({ escaped, space = '%20' }) => {
    // Most libraries differ only in characters that this value does not have.
    const difference = (special.match(escaped) ?? []).join('') + (special.includes(' ') ? space : '')
    if (made.has(difference)) return []
    made.add(difference)
    return [LOWER_ESCAPES, UPPER_ESCAPES].map((escapes) =>
      text.replace(escaped, (byte) => (byte === ' ' ? space : (escapes[byte.charCodeAt(0)] ?? ''))),
    )
  })
}

/** The base64 of bytes after `before` other bytes, without the characters that also depend on the bytes around. */
function stableBase64(bytes: Buffer, before: number): string {
  const padded = before === 0 ? bytes : Buffer.concat([Buffer.alloc(before), bytes])
  const start = BASE64_STARTS[before] ?? 0
  // Each character encodes six bits.
  const end = Math.floor((padded.length * 8) / 6)
  return padded.toString('base64').slice(start, end)
}

/** Cuts a text into lines of this width; empty if it fits into one line. */
function linesOf(text: string, width: number): string[] {
  const lines: string[] = []
  if (text.length <= width) return lines
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width))
  return lines
}
