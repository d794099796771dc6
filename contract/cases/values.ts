import { randomBytes } from 'node:crypto'

/** The maximum size of a value in bytes (REST reference). */
export const MAX_VALUE_BYTES = 131_072

/** Text that changes if anything trims it, escapes it, or guesses its encoding. It is new each time. */
export function awkwardText(): string {
  return ` fake ${randomBytes(6).toString('hex')} "quoted" 'so' \\n é ☃ 🔑 %41 &=+#? $HOME\n\tsecond line\n`
}

/** Bytes that are no text. */
export function awkwardBytes(): Buffer {
  return Buffer.concat([Buffer.from([0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x80]), randomBytes(40)])
}
