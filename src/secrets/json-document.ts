/** As much of a JSON value as a map of secrets can use. */
export type JsonValue =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'null' }
  | { readonly type: 'object'; readonly members: readonly JsonMember[] }
  | { readonly type: 'array'; readonly items: readonly JsonValue[] }
  /** A number, with its text as it stands in the document, or a word. */
  | { readonly type: 'other'; readonly number?: string }

/** A name and its value, as they stand in the document: in its order, and as often as they stand there. */
export interface JsonMember extends Position {
  readonly name: string
  readonly value: JsonValue
}

/** A line and a column of the text that was parsed, each from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The text is not JSON. Where it stops being so is known but for a document that is nested out of all reason. */
export interface InvalidJson {
  readonly type: 'broken'
  readonly at: Position | Record<string, never>
}

/**
 * Reads a JSON document (RFC 8259), keeping the order of names, their repeats and positions. `JSON.parse` would
 * reorder `"1"`, swallow repeats and `__proto__`, and quote its input in its message.
 *
 * White space of any kind around the document does not count, a byte order mark included; its lines do. Nothing is
 * thrown, and a broken document gives its position alone.
 */
export function readJson(text: string): JsonValue | InvalidJson {
  const document = text.trim()
  const reader = new Reader(document, text.slice(0, text.indexOf(document)).split('\n').length)
  try {
    return reader.read()
  } catch (error) {
    return { type: 'broken', at: error instanceof Unexpected ? error.at : {} }
  }
}

/** Something that is no JSON. */
class Unexpected extends Error {
  readonly at: Position

  constructor(at: Position) {
    super('unexpected character')
    this.at = at
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?/iy

const WORDS: Readonly<Record<string, JsonValue>> = {
  null: { type: 'null' },
  true: { type: 'other' },
  false: { type: 'other' },
}

/** Goes through a document once. What it throws is {@link Unexpected}, or a RangeError where the nesting is too deep. */
class Reader {
  readonly #text: string
  #at = 0
  #line: number
  #lineStart = 0

  constructor(text: string, line: number) {
    this.#text = text
    this.#line = line
  }

  read(): JsonValue {
    const value = this.#value()
    this.#skipBlanks()
    if (this.#at < this.#text.length) this.#fail()
    return value
  }

  #value(): JsonValue {
    this.#skipBlanks()
    const text = this.#text
    if (text[this.#at] === '"') return { type: 'string', text: this.#string() }
    if (text[this.#at] === '{') return { type: 'object', members: this.#list('}', () => this.#member()) }
    if (text[this.#at] === '[') return { type: 'array', items: this.#list(']', () => this.#value()) }
    for (const [word, value] of Object.entries(WORDS)) {
      if (text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    }
    NUMBER.lastIndex = this.#at
    const [number] = NUMBER.exec(text) ?? []
    if (number === undefined) this.#fail()
    this.#at += number.length
    return { type: 'other', number }
  }

  #member(): JsonMember {
    this.#skipBlanks()
    const position = this.#position()
    const name = this.#string()
    this.#take(':')
    return { name, value: this.#value(), ...position }
  }

  /** What stands between brackets, up to the one that ends it. */
  #list<T>(end: string, readItem: () => T): T[] {
    const items: T[] = []
    this.#at++
    this.#skipBlanks()
    while (this.#text[this.#at] !== end) {
      if (items.length > 0) this.#take(',')
      items.push(readItem())
      this.#skipBlanks()
    }
    this.#at++
    return items
  }

  /**
   * The content of a string. JSON wants control characters escaped; as they are, they are what a secret with line breaks
   * leaves when it is put between quotes without `toJSON`, with its quotes and backslashes misread.
   */
  #string(): string {
    const start = this.#at
    if (this.#text[start] !== '"') this.#fail()
    let end = start + 1
    // By a loop: a pattern keeps each escape on a stack.
    for (; this.#text[end] !== '"'; end++) {
      // Also where the text has ended.
      if (!(this.#text.charCodeAt(end) >= 0x20)) this.#fail()
      if (this.#text[end] === '\\') end++
    }
    const content = this.#text.slice(start + 1, end)
    const decoded = content.includes('\\') ? this.#decoded(content) : content
    this.#at = end + 1
    return decoded
  }

  #decoded(content: string): string {
    try {
      return JSON.parse(`"${content}"`) as string
    } catch {
      return this.#fail()
    }
  }

  #take(character: string): void {
    this.#skipBlanks()
    if (this.#text[this.#at] !== character) this.#fail()
    this.#at++
  }

  #skipBlanks(): void {
    for (; /[ \t\r\n]/.test(this.#text.charAt(this.#at)); this.#at++) {
      if (this.#text[this.#at] !== '\n') continue
      this.#line++
      this.#lineStart = this.#at + 1
    }
  }

  #position(): Position {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 }
  }

  #fail(): never {
    throw new Unexpected(this.#position())
  }
}
