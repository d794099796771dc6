/** A way to write a value, and what of it must not be seen. */
export interface Spelling {
  /** Such as `hex of a line`. */
  readonly name: string
  readonly text: string
  /** Whether it is the value or a part of it as it is: these are masked whatever else there is to mask. */
  readonly isRaw?: boolean
}

/** A shorter line of a longer value cannot be masked without making the log unreadable: it is not searched for. */
const SHORTEST_LINE = 4

/** Encoded forms under this many characters come up by chance. */
const SHORTEST_FORM = 6

/**
 * Every spelling of a value that a log must not hold: the value, its lines, the strings of a JSON value, and each of
 * these in base64 (at three alignments, and base64url), hex, percent, JSON and HTML form. Written without a look at what
 * the action does, and by other means.
 */
export function spellingsOf(value: Buffer): Spelling[] {
  const spellings = new Map<string, Spelling>()
  const add = (name: string, spelling: string, shortest: number, isRaw = false): void => {
    const text = spelling.trim()
    if (text.length < shortest || /[\r\n]/.test(spelling)) return
    // Several encodings may leave it the same: it is searched for once.
    if (!spellings.has(text) || isRaw) spellings.set(text, { name, text, isRaw })
  }
  const addEncoded = (what: string, part: Buffer): void => {
    for (const [encoding, text] of encoded(part)) add(`${encoding} of ${what}`, text, SHORTEST_FORM)
  }
  const text = textOf(value)
  addEncoded('the value', value)
  if (text === undefined) return [...spellings.values()]

  add('the value', text, 1, true)
  for (const [what, part] of partsOf(text)) {
    if (part.trim().length < SHORTEST_LINE) continue
    add(what, part, SHORTEST_LINE, true)
    addEncoded(what, Buffer.from(part))
    for (const [escape, escaped] of escapedForms(part)) add(`${escape} of ${what}`, escaped, SHORTEST_LINE)
  }
  return [...spellings.values()]
}

/** The text that a value is, without a mark at its beginning; undefined if it is none. */
function textOf(value: Buffer): string | undefined {
  const encoding = { fffe: 'utf-16le', feff: 'utf-16be' }[value.toString('hex', 0, 2)] ?? 'utf-8'
  try {
    // It takes the mark away.
    return new TextDecoder(encoding, { fatal: true }).decode(value)
  } catch {
    return undefined
  }
}

function* partsOf(text: string): Generator<[string, string]> {
  const whole = text.trim()
  if (/^(["']).*\1$/.test(whole)) yield ['what quotes enclose', whole.slice(1, -1)]
  for (const line of text.split(/\r\n|\r|\n/)) yield ['a line', line]
  for (const leaf of leavesOf(text)) {
    for (const line of leaf.split(/\r\n|\r|\n/)) yield ['a line of a JSON string', line]
  }
}

function leavesOf(text: string): string[] {
  const leaves: string[] = []
  try {
    JSON.parse(text, (_, leaf: unknown) => {
      if (typeof leaf === 'string') leaves.push(leaf, ...(leaf.length < text.length ? leavesOf(leaf) : []))
      return leaf
    })
  } catch {
    return []
  }
  return leaves
}

function* encoded(part: Buffer): Generator<[string, string]> {
  for (const alignment of [0, 1, 2]) {
    const core = certainBase64(part, alignment)
    yield [`base64 (alignment ${alignment})`, core]
    yield [`base64url (alignment ${alignment})`, core.replace(/\+/g, '-').replace(/\//g, '_')]
  }
  yield ['hex', part.toString('hex')]
  yield ['HEX', part.toString('hex').toUpperCase()]
  const percent = Array.from(part, (byte) => PERCENT[byte]).join('')
  yield ['percent', percent]
  yield ['PERCENT', percent.replace(/%../g, (form) => form.toUpperCase())]
}

/** Each byte as a URL has it. */
const PERCENT = Array.from({ length: 256 }, (_, byte) =>
  /[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${hexOf(byte)}`,
)

function hexOf(byte: number): string {
  return (byte < 16 ? '0' : '') + byte.toString(16)
}

function* escapedForms(part: string): Generator<[string, string]> {
  yield ['JSON', JSON.stringify(part).slice(1, -1)]
  yield ['HTML', part.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? '&quot;')]
}

/** What the base64 of a content has in common wherever the bytes stand in it at this alignment: found by trying. */
function certainBase64(part: Buffer, alignment: number): string {
  const [one = '', other = ''] = [0x00, 0xff].map((filler) =>
    Buffer.concat([Buffer.alloc(alignment, filler), part, Buffer.alloc(3, filler)]).toString('base64'),
  )
  let start = 0
  while (one[start] !== other[start]) start++
  let end = start
  while (end < one.length && one[end] === other[end]) end++
  return one.slice(start, end)
}
