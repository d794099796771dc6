import { describeLocation, type InputError } from '../secrets/input-error.js'
import { formatNumber } from '../format-number.js'
import { count } from './wording.js'

/**
 * Says what is wrong with the inputs, and where: `secrets, line 3: …`. What is wrong in the same way with several lines
 * of an input is said once, with all of the lines: a key that was pasted as it is makes dozens of them. Where names can
 * be told, as those of a map are, they stand in place of the lines.
 *
 * The messages are {@link MAX_MESSAGES} at most, and one that says how many more errors there are: a file that is no map
 * has a million of them.
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
    .flatMap((group) => describeAlike(group).map((location) => `${location}: ${group.first.message}.`))
  const unlisted = groups.slice(MAX_MESSAGES).reduce((sum, { errors }) => sum + errors, 0)
  return unlisted === 0 ? messages : [...messages, `${count(unlisted, 'more error')}, not listed here.`]
}

/** Faults of one input and one message. */
interface Alike {
  readonly first: InputError
  /** How many. */
  errors: number
  readonly lines: number[]
  readonly names: string[]
}

function describeAlike({ first, lines, names }: Alike): string[] {
  if (names.length > 1) return inParts(names).map((some) => `${first.input}, ${some}`)
  if (lines.length > 1) return describeLines(lines).map((some) => `${first.input}, lines ${some}`)
  return [describeLocation(first)]
}

/** As many kinds of errors are told, in the order of the inputs. */
const MAX_MESSAGES = 100

/** As many names or runs of lines stand in one message, so that none is too long to be read. */
const MAX_RUNS = 50

/** As many messages tell of one kind of error: nobody mends more lines than these by hand. */
const MAX_PARTS = 10

/** Writes line numbers as a person would, `2, 5 to 31`, in as many parts as it takes. */
function describeLines(lines: readonly number[]): string[] {
  const runs: [first: number, last: number][] = []
  for (const line of lines) {
    const run = runs.at(-1)
    if (run?.[1] === line - 1) run[1] = line
    else runs.push([line, line])
  }
  const told = runs.slice(0, MAX_PARTS * MAX_RUNS)
  const toldLines = told.reduce((sum, [first, last]) => sum + last - first + 1, 0)
  return inParts(
    told.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)),
    lines.length - toldLines,
  )
}

/** The first of them in parts, the last of which says how many more there are. */
function inParts(all: readonly string[], unlisted = 0): string[] {
  const told = all.slice(0, MAX_PARTS * MAX_RUNS)
  const more = unlisted + all.length - told.length
  const parts = Array.from({ length: Math.ceil(told.length / MAX_RUNS) }, (_, part) =>
    told.slice(part * MAX_RUNS, (part + 1) * MAX_RUNS).join(', '),
  )
  return parts.map((part, index) =>
    more > 0 && index === parts.length - 1 ? `${part} and ${formatNumber(more)} more` : part,
  )
}
