import { EOL } from 'node:os'

/** The size of the chunks in which commands are written, in UTF-16 code units. */
const CHUNK_LENGTH = 65_536

/**
 * Registers masks: from here on, the runner replaces them in everything that the job prints.
 *
 * It writes the same commands as `setSecret` of @actions/core, but many at a time. Written one by one, the 10,000 masks of
 * 1,000 values take as long as reading the whole map.
 */
export function registerMasks(masks: readonly string[]): void {
  let commands = ''
  for (const mask of masks) {
    commands += addMask(mask)
    if (commands.length < CHUNK_LENGTH) continue
    process.stdout.write(commands)
    commands = ''
  }
  if (commands !== '') process.stdout.write(commands)
}

/** The command for a mask, escaped as the runner decodes it (`ActionCommand` of actions/runner). */
function addMask(mask: string): string {
  const data = mask.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  // .NET does not find the end of the command before a combining character, among others. A line break between them
  // prevents this, and the runner trims it.
  return `::add-mask::${startsWithAscii(mask) ? '' : '%0A'}${data}${EOL}`
}

function startsWithAscii(mask: string): boolean {
  return /^[ -~]/.test(mask)
}

/** The bytes of the command for a mask. The mask must not contain a line break. */
export function commandBytes(mask: string): number {
  let bytes = '::add-mask::'.length + (startsWithAscii(mask) ? 0 : 3) + Buffer.byteLength(mask) + EOL.length
  for (let at = mask.indexOf('%'); at >= 0; at = mask.indexOf('%', at + 1)) bytes += 2
  return bytes
}
