import { describeLocation, type InputError } from '../secrets/input-error.js'
import { formatNumber } from '../format-number.js'
import { count } from './wording.js'

/**
 * Describes the input errors with their locations: `secrets, line 3: …`. If several lines of an input have the same error,
 * one message lists all of them. A pasted multi-line secret makes dozens of such lines. Names that may be printed, as in a
 * JSON map, replace the line numbers.
 *
 * There are at most {@link MAX_MESSAGES} messages, and one with the number of the other errors: a file that is not a map can
 * have a million errors.
 */
export function describeInputErrors(errors: readonly InputError[]): string[] {
  const alike = new Map<string, Alike>()
  for (const inputError of errors) {
    const { input, message, column, name, line } = inputError
    const kind = JSON.stringify([input, message, name === undefined ? column : 'named'])
    const group = alike.get(kind) ?? { first: inputError, errors: 0, lines: [], names: [] }
    group.errors++
    if (line !== undefined) group.lines.push(line)
    if (name !== undefined) group.names.push(name)
    alike.set(kind, group)
  }
  const groups = [...alike.values()]
  const messages = groups
    .slice(0, MAX_MESSAGES)
    .flatMap((group) => describeAlike(group).map((location) => `${location}: ${closed(group.first.message)}`))
  const unlisted = groups.slice(MAX_MESSAGES).reduce((sum, { errors }) => sum + errors, 0)
  return unlisted === 0 ? messages : [...messages, `${count(unlisted, 'more error')}, not listed here.`]
}

/** A message as the end of a sentence. A question has its own mark. */
function closed(message: string): string {
  return message.endsWith('?') ? message : `${message}.`
}

/** Errors with the same input and message. */
interface Alike {
  readonly first: InputError
  errors: number
  readonly lines: number[]
  readonly names: string[]
}

function describeAlike({ first, lines, names }: Alike): string[] {
  if (names.length > 1) return inParts(names).map((some) => `${first.input}, ${some}`)
  if (lines.length > 1) return describeLines(lines).map((some) => `${first.input}, lines ${some}`)
  return [describeLocation(first)]
}

/** The most different errors that are described, in the order of the inputs. */
const MAX_MESSAGES = 100

/** The most names or runs of lines in one message, so that each can be read. */
const MAX_RUNS = 50

/** The most messages for the same error. */
const MAX_PARTS = 10

/** Formats line numbers as `2, 5 to 31`, in one or more parts. */
function describeLines(lines: readonly number[]): string[] {
  const runs: [first: number, last: number][] = []
  for (const line of lines) {
    const run = runs.at(-1)
    if (run?.[1] === line - 1) run[1] = line
    else runs.push([line, line])
  }
  const listed = runs.slice(0, MAX_PARTS * MAX_RUNS)
  const listedLines = listed.reduce((sum, [first, last]) => sum + last - first + 1, 0)
  return inParts(
    listed.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)),
    lines.length - listedLines,
  )
}

/** Splits a list into parts. The last part has the number of entries that are left out. */
function inParts(all: readonly string[], unlisted = 0): string[] {
  const listed = all.slice(0, MAX_PARTS * MAX_RUNS)
  const more = unlisted + all.length - listed.length
  const parts = Array.from({ length: Math.ceil(listed.length / MAX_RUNS) }, (_, part) =>
    listed.slice(part * MAX_RUNS, (part + 1) * MAX_RUNS).join(', '),
  )
  return parts.map((part, index) =>
    more > 0 && index === parts.length - 1 ? `${part} and ${formatNumber(more)} more` : part,
  )
}
