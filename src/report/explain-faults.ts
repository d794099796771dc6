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
  return [...alike.values()].map(({ first, lines }) => {
    const place = lines.length > 1 ? `${first.input}, ${describeLines(lines)}` : describePlace(first)
    return `${place}: ${first.message}.`
  })
}

/** More runs of lines than this are counted, not named: nobody looks for them one after the other. */
const MAX_RUNS = 50

/** Writes line numbers as a person would: `lines 2, 5 to 31`. */
function describeLines(lines: readonly number[]): string {
  const runs: [first: number, last: number][] = []
  for (const line of lines) {
    const run = runs.at(-1)
    if (run?.[1] === line - 1) run[1] = line
    else runs.push([line, line])
  }
  const named = runs
    .slice(0, MAX_RUNS)
    .map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`))
  return `lines ${named.join(', ')}${runs.length > MAX_RUNS ? ' and more' : ''}`
}
