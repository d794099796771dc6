import type { SecretValue } from '../../secret-value.js'
import { isOrdinaryWord } from './ordinary-words.js'
import { textsAfterCommands } from './runner-commands.js'
import { isLong, textsOf } from './value-forms.js'
import { nonBlankLines, trimWhitespace } from './value-parts.js'

/**
 * Why masks do not protect this value well: its mask `garbles` the log, because it is short or an ordinary word; it is
 * `absent`, because all lines are too short; or the runner reads a part of the value as a `command`. Undefined if they do.
 */
export function maskProblem(value: SecretValue): 'garbles' | 'absent' | 'command' | undefined {
  const [text] = textsOf(value)
  if (text === undefined) return undefined
  const lines = nonBlankLines(text)
  if (lines.some((line) => textsAfterCommands(line).length > 0)) return 'command'
  if (lines.length === 1) return !isLong(text) || isOrdinaryWord(trimWhitespace(text)) ? 'garbles' : undefined
  return lines.some(isLong) ? undefined : 'absent'
}
