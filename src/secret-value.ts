import { isUtf8 } from 'node:buffer'
import { inspect } from 'node:util'

const HIDDEN = '***'

/** The longest content that patterns are matched with. */
const MAX_MATCHED_BYTES = 1024 * 1024

/** The array that {@link collectValues} fills. */
let collected: SecretValue[] | undefined

/** Collects all values that `read` creates, also if it throws. The error is dropped. */
export function collectValues(read: () => unknown): readonly SecretValue[] {
  const values: SecretValue[] = []
  collected = values
  try {
    read()
  } catch {
    // The message of the error may contain a value.
  } finally {
    collected = undefined
  }
  return values
}

/**
 * The value of a secret or a credential. It prints as `***` (string, template literal, JSON, `util.inspect`, debugger), so
 * code can leak it only on purpose, with {@link SecretValue.reveal}.
 *
 * Its methods answer questions about the content, so that checks do not need the content itself.
 */
export class SecretValue {
  readonly #content: string | Buffer

  /** @param content Text, which is stored as UTF-8, or bytes, which are stored unchanged. */
  constructor(content: string | Buffer) {
    this.#content = content
    collected?.push(this)
  }

  /** The content. Only masks, the API call that writes a secret, and authentication may call this; lint lists the files. */
  reveal(): string | Buffer {
    return this.#content
  }

  /** The size in bytes; text counts as UTF-8. */
  get byteLength(): number {
    return Buffer.byteLength(this.#content)
  }

  /** The length of text in UTF-16 code units, or of binary content in bytes. */
  get length(): number {
    return this.#content.length
  }

  /** False for text with half of a surrogate pair, which UTF-8 cannot encode. */
  get isWellFormed(): boolean {
    return typeof this.#content !== 'string' || !/\p{Surrogate}/u.test(this.#content)
  }

  /** False for bytes that are not UTF-8. */
  get isText(): boolean {
    return typeof this.#content === 'string' || isUtf8(this.#content)
  }

  /** Whether both contents are the same bytes. */
  equals(other: SecretValue): boolean {
    return this.#bytes().equals(other.#bytes())
  }

  /** Whether the content is `text`, with or without white space around it. */
  isOnly(text: string): boolean {
    return this.#bytes().toString('utf8').trim() === text
  }

  /**
   * The first item whose pattern matches the content without the white space around it. Bytes are decoded as UTF-8, or as
   * UTF-16 if they begin with its byte order mark, as Windows PowerShell writes files. A content of over 1 MiB has none:
   * no store takes it, and a pattern can exceed the 64 MiB that V8 has for the steps it may have to go back.
   */
  firstMatch<T extends { readonly pattern: RegExp }>(items: readonly T[]): T | undefined {
    const bytes = this.#bytes()
    if (bytes.length > MAX_MATCHED_BYTES) return undefined
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
    // `trim` also removes the byte order mark.
    const text = bytes.toString(isUtf16 ? 'utf16le' : 'utf8').trim()
    return items.find(({ pattern }) => pattern.test(text))
  }

  /** Whether `text` contains this value. The value must not be empty. */
  occursIn(text: string): boolean {
    return typeof this.#content === 'string'
      ? text.includes(this.#content)
      : Buffer.from(text).includes(this.#content)
  }

  #bytes(): Buffer {
    return typeof this.#content === 'string' ? Buffer.from(this.#content) : this.#content
  }

  /** `***`, for strings and templates. */
  toString(): string {
    return HIDDEN
  }

  /** `***`, for JSON. */
  toJSON(): string {
    return HIDDEN
  }

  /** `***`, for Node's `util.inspect`. */
  [inspect.custom](): string {
    return HIDDEN
  }
}
