import { describePlace, type Fault } from '../fault.js'

/**
 * Says what is wrong with the inputs, and where: `secrets, line 3: …`. What is wrong in the same way with several lines
 * of an input is said once, with all of the lines: a key that was pasted as it is makes dozens of them.
 */
export function explainFaults(faults: readonly Fault[]): string[] {
  const alike = new Map<string, { first: Fault; lines: number[] }>()
  for (const fault of faults) {
    const kind = JSON.stringify([fault.input, fault.message, fault.column])
    const group = alike.get(kind) ?? { first: fault, lines: [] }
    if (fault.line !== undefined) group.lines.push(fault.line)
    alike.set(kind, group)
  }
  return [...alike.values()].flatMap(({ first, lines }) => {
    const places =
      lines.length > 1
        ? describeLines(lines).map((some) => `${first.input}, lines ${some}`)
        : [describePlace(first)]
    return places.map((place) => `${place}: ${first.message}.`)
  })
}

/** As many runs of lines are named in one message, so that none is too long to be read. */
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
  return Array.from({ length: Math.ceil(named.length / MAX_RUNS) }, (_, part) =>
    named.slice(part * MAX_RUNS, (part + 1) * MAX_RUNS).join(', '),
  )
}
