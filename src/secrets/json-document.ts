/** A JSON value, with only the details that a map of secrets needs. */
export type JsonValue =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'null' }
  | { readonly type: 'object'; readonly members: readonly JsonMember[] }
  | { readonly type: 'array'; readonly items: readonly JsonValue[] }
  /** A number, with its text in the document, or `true` or `false`. */
  | { readonly type: 'other'; readonly number?: string }

/** A name and its value. Members keep the order of the document, and repeated names stay. */
export interface JsonMember extends Position {
  readonly name: string
  readonly value: JsonValue
}

/** A line and a column of the parsed text, each from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The text is not JSON. The position of the error is unknown if the document is nested too deeply. */
export interface InvalidJson {
  readonly type: 'invalid'
  readonly at: Position | Record<string, never>
  /** Whether a complete JSON value ends before this position. */
  readonly isAfterValue: boolean
}

/**
 * Parses a JSON document (RFC 8259), and keeps the order, repeats and positions of names. `JSON.parse` would reorder `"1"`,
 * drop repeats and `__proto__`, and quote its input in its message.
 *
 * White space and a byte order mark around the document are ignored, but its lines count. It throws nothing. An invalid
 * document gives only the position of the error.
 */
export function readJson(text: string): JsonValue | InvalidJson {
  const document = text.trim()
  const parser = new JsonParser(document, text.slice(0, text.indexOf(document)).split('\n').length)
  try {
    return parser.parse()
  } catch (error) {
    const { at = {}, isAfterValue = false } = error instanceof JsonSyntaxError ? error : {}
    return { type: 'invalid', at, isAfterValue }
  }
}

/** The text is not JSON at this position. */
class JsonSyntaxError extends Error {
  readonly at: Position
  readonly isAfterValue: boolean

  constructor(at: Position, isAfterValue: boolean) {
    super('unexpected character')
    this.at = at
    this.isAfterValue = isAfterValue
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?/iy

const WORDS: Readonly<Record<string, JsonValue>> = {
  null: { type: 'null' },
  true: { type: 'other' },
  false: { type: 'other' },
}

/**
 * Parses one document.
 *
 * @throws {JsonSyntaxError} if the text is not JSON; a RangeError if it is nested too deeply.
 */
class JsonParser {
  readonly #text: string
  #at = 0
  #line: number
  #lineStart = 0

  constructor(text: string, line: number) {
    this.#text = text
    this.#line = line
  }

  parse(): JsonValue {
    const value = this.#value()
    this.#skipBlanks()
    if (this.#at < this.#text.length) this.#fail({ isAfterValue: true })
    return value
  }

  #value(): JsonValue {
    this.#skipBlanks()
    const text = this.#text
    if (text[this.#at] === '"') return { type: 'string', text: this.#string() }
    if (text[this.#at] === '{') return { type: 'object', members: this.#items('}', () => this.#member()) }
    if (text[this.#at] === '[') return { type: 'array', items: this.#items(']', () => this.#value()) }
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

  /** Parses the items between brackets, and the closing bracket. */
  #items<T>(end: string, readItem: () => T): T[] {
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
   * Parses a string. Control characters are refused, as JSON requires. A secret with line breaks that is put in quotes
   * without `toJSON` contains them, and its quotes and backslashes would be misread.
   */
  #string(): string {
    const start = this.#at
    if (this.#text[start] !== '"') this.#fail()
    let end = start + 1
    // No regular expression: it would overflow its stack with many escapes.
    for (; this.#text[end] !== '"'; end++) {
      // False also at the end of the text, where charCodeAt is NaN.
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

  #fail({ isAfterValue } = { isAfterValue: false }): never {
    throw new JsonSyntaxError(this.#position(), isAfterValue)
  }
}
