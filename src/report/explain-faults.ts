import { describePlace, type Fault } from '../fault.js'

/**
 * Says what is wrong with the inputs, and where: `secrets, line 3: …`. What is wrong in the same way with several lines
 * of an input is said once, with all of the lines: a key that was pasted as it is makes dozens of them. Where names can
 * be told, as those of a map are, they stand in place of the lines.
 */
export function explainFaults(faults: readonly Fault[]): string[] {
  const alike = new Map<string, Alike>()
  for (const fault of faults) {
    const { input, message, column, name, line } = fault
    const kind = JSON.stringify([input, message, name === undefined ? column : 'named'])
    const group = alike.get(kind) ?? { first: fault, lines: [], names: [] }
    if (line !== undefined) group.lines.push(line)
    if (name !== undefined) group.names.push(name)
    alike.set(kind, group)
  }
  return [...alike.values()].flatMap((group) => {
    return describeAlike(group).map((place) => `${place}: ${group.first.message}.`)
  })
}

/** Faults of one input and one message. */
interface Alike {
  readonly first: Fault
  readonly lines: number[]
  readonly names: string[]
}

function describeAlike({ first, lines, names }: Alike): string[] {
  if (names.length > 1) return inParts(names).map((some) => `${first.input}, ${some}`)
  if (lines.length > 1) return describeLines(lines).map((some) => `${first.input}, lines ${some}`)
  return [describePlace(first)]
}

/** As many names or runs of lines stand in one message, so that none is too long to be read. */
const MAX_RUNS = 50

/** Writes line numbers as a person would, `2, 5 to 31`: all of them, in as many parts as it takes. */
function describeLines(lines: readonly number[]): string[] {
  const runs: [first: number, last: number][] = []
  for (const line of lines) {
    const run = runs.at(-1)
    if (run?.[1] === line - 1) run[1] = line
    else runs.push([line, line])
  }
  const named = runs.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`))
  return inParts(named)
}

function inParts(all: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(all.length / MAX_RUNS) }, (_, part) =>
    all.slice(part * MAX_RUNS, (part + 1) * MAX_RUNS).join(', '),
  )
}
