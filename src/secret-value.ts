import { isUtf8 } from 'node:buffer'
import { inspect } from 'node:util'

const HIDDEN = '***'

/** Where {@link collectValues} collects. */
let collected: SecretValue[] | undefined

/** Every value that `read` makes, also if it throws in the middle; what it throws is dropped. */
export function collectValues(read: () => unknown): readonly SecretValue[] {
  const values: SecretValue[] = []
  collected = values
  try {
    read()
  } catch {
    // Its message may hold a value.
  } finally {
    collected = undefined
  }
  return values
}

/**
 * A secret's value, or a credential. However it is printed (string, template literal, JSON, `util.inspect`, a
 * debugger's preview) it shows as `***`: a leak has to be written on purpose, with {@link SecretValue.reveal}.
 *
 * Questions about the content are answered here, so that a check never needs the content itself.
 */
export class SecretValue {
  readonly #content: string | Buffer

  /** @param content Text that is stored as UTF-8, or bytes that are stored as they are. */
  constructor(content: string | Buffer) {
    this.#content = content
    collected?.push(this)
  }

  /** The content itself. Only the masks, the put and what signs in have a reason to call this; lint knows the files. */
  reveal(): string | Buffer {
    return this.#content
  }

  /** The size in bytes, of text as UTF-8. */
  get byteLength(): number {
    return Buffer.byteLength(this.#content)
  }

  /** The length in UTF-16 code units of text, in bytes of binary content: what a reader would count, roughly. */
  get length(): number {
    return this.#content.length
  }

  /** False for text with half of a surrogate pair: it has no UTF-8 form, so its bytes could not arrive as they are. */
  get isWellFormed(): boolean {
    return typeof this.#content !== 'string' || !/\p{Surrogate}/u.test(this.#content)
  }

  /** False for bytes that are not UTF-8: read as a string, they would be other bytes. */
  get isText(): boolean {
    return typeof this.#content === 'string' || isUtf8(this.#content)
  }

  /** True when the content is that of `other`, whichever way either is held. */
  equals(other: SecretValue): boolean {
    return this.#bytes().equals(other.#bytes())
  }

  /** True when the content is `text` and nothing else but white space around it. */
  isOnly(text: string): boolean {
    return this.#bytes().toString('utf8').trim() === text
  }

  /**
   * The first of these whose pattern is found in the content, without the white space around it. Bytes are read as UTF-8,
   * or with its mark in front as UTF-16, which Windows PowerShell writes.
   */
  firstMatch<T extends { readonly pattern: RegExp }>(all: readonly T[]): T | undefined {
    const bytes = this.#bytes()
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
    // The mark counts as white space.
    const text = bytes.toString(isUtf16 ? 'utf16le' : 'utf8').trim()
    return all.find(({ pattern }) => pattern.test(text))
  }

  /** True when `text` contains this value, which is not empty. */
  occursIn(text: string): boolean {
    return typeof this.#content === 'string'
      ? text.includes(this.#content)
      : Buffer.from(text).includes(this.#content)
  }

  #bytes(): Buffer {
    return typeof this.#content === 'string' ? Buffer.from(this.#content) : this.#content
  }

  /** `***`, as in a template. */
  toString(): string {
    return HIDDEN
  }

  /** `***`, as JSON has it. */
  toJSON(): string {
    return HIDDEN
  }

  /** `***`, as Node shows it in a log. */
  [inspect.custom](): string {
    return HIDDEN
  }
}
