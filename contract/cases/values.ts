import { randomBytes } from 'node:crypto'

/** The most bytes of a value (REST reference). */
export const MAX_VALUE_BYTES = 131_072

/** Text that goes wrong when anything on its way trims, escapes, or guesses an encoding. Made up anew each time. */
export function awkwardText(): string {
  return ` fake ${randomBytes(6).toString('hex')} "quoted" 'so' \\n é ☃ 🔑 %41 &=+#? $HOME\n\tsecond line\n`
}

/** Bytes that are no text in any encoding. */
export function awkwardBytes(): Buffer {
  return Buffer.concat([Buffer.from([0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x80]), randomBytes(40)])
}
