import { EOL } from 'node:os'

import { SecretValue } from '../../secret-value.js'
import { encodedForms } from './encodings.js'
import { isListedName, MAX_NAME_LENGTH } from '../key.js'
import { isOrdinaryWord } from './ordinary-words.js'
import { nonBlankLines, valueParts, trimWhitespace } from './value-parts.js'
import { textsAfterCommands } from './runner-commands.js'
import { isLong, textsOf } from './value-forms.js'

/** How much of the commands is written at once, in UTF-16 code units. */
const WRITTEN_AT_ONCE = 65_536

/**
 * Makes the runner replace the masks in all that the job prints from here on.
 *
 * By the command that `setSecret` of @actions/core gives, which is written for each mask by itself there: for the 10,000
 * masks of 1,000 values that takes as long as reading the whole map.
 */
export function registerMasks(masks: readonly string[]): void {
  let commands = ''
  for (const mask of masks) {
    commands += addMask(mask)
    if (commands.length < WRITTEN_AT_ONCE) continue
    process.stdout.write(commands)
    commands = ''
  }
  if (commands !== '') process.stdout.write(commands)
}

/** The command as the runner decodes it (`ActionCommand` of actions/runner). */
function addMask(mask: string): string {
  const data = mask.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  // Before a combining character (and who knows which others, to .NET) the runner does not see the end of the command,
  // unless a line break stands between, which it trims.
  return `::add-mask::${startsPlainly(mask) ? '' : '%0A'}${data}${EOL}`
}

function startsPlainly(mask: string): boolean {
  return /^[ -~]/.test(mask)
}

/** The bytes of the command for a mask that has no line break. */
export function commandBytes(mask: string): number {
  let bytes = '::add-mask::'.length + (startsPlainly(mask) ? 0 : 3) + Buffer.byteLength(mask) + EOL.length
  for (let at = mask.indexOf('%'); at >= 0; at = mask.indexOf('%', at + 1)) bytes += 2
  return bytes
}

/**
 * What a mask cannot do for this value: it `garbles` the log, being so short or an ordinary word; it is `absent`; what
 * stands in it is taken for a `command` by the runner before it masks. Undefined is well.
 */
export function maskProblem(value: SecretValue): 'garbles' | 'absent' | 'command' | undefined {
  const [text] = textsOf(value)
  if (text === undefined) return undefined
  const lines = nonBlankLines(text)
  if (lines.some((line) => textsAfterCommands(line).length > 0)) return 'command'
  if (lines.length === 1) return !isLong(text) || isOrdinaryWord(trimWhitespace(text)) ? 'garbles' : undefined
  return lines.some(isLong) ? undefined : 'absent'
}

/** A piece of fewer characters than this may stand in a name by chance. */
const MIN_TELLING_LENGTH = 8

/**
 * The values, and the pieces of values, that a name must not hold, since names are shown.
 *
 * @param longest The length of the longest name: what is longer cannot stand in any.
 */
export function searchableParts(values: readonly SecretValue[], longest: number): SecretValue[] {
  const pieces = values.flatMap((value) => textsOf(value).flatMap((text) => [text, ...valueParts(text)]))
  return [...new Set(pieces.map(trimWhitespace))]
    .filter(({ length }) => length >= MIN_TELLING_LENGTH && length <= longest)
    .map((piece) => new SecretValue(piece))
}

/** The forms of these values, and of their pieces, that may stand in the name of a key: base64url and hex among them. */
export function formsToFindInNames(values: readonly SecretValue[]): string[] {
  const forms = new Set<string>()
  for (const value of values) {
    const parts = textsOf(value).flatMap((text) => [text, ...valueParts(text)].map(trimWhitespace))
    for (const part of [value.reveal(), ...new Set(parts)]) {
      if (part.length > MAX_NAME_LENGTH) continue
      for (const form of [part.toString(), ...encodedForms(Buffer.from(part))]) {
        if (form.length >= MIN_TELLING_LENGTH && isListedName(form)) forms.add(form)
      }
    }
  }
  return [...forms]
}
