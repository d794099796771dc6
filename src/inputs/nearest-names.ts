/**
 * The known names that a misspelt name may mean. That is a known name which it equals without `-` and `_`, which is one edit
 * away and has five letters or more, or which is two edits away and has eight letters or more. An edit inserts, removes or
 * replaces a letter, or swaps two neighbours.
 *
 * @param name The misspelt name, in lower case.
 * @returns The nearest names, in the order of the known ones; empty if all are too far away.
 */
export function nearestNames<Name extends string>(name: string, known: readonly Name[]): Name[] {
  const letters = lettersOf(name)
  const near = known.flatMap((each) => {
    const edits = countEdits(letters, lettersOf(each))
    return edits <= editsAllowed(lettersOf(each)) ? [{ each, edits }] : []
  })
  const least = Math.min(...near.map(({ edits }) => edits))
  return near.filter(({ edits }) => edits === least).map(({ each }) => each)
}

function lettersOf(name: string): string {
  return name.replaceAll(/[-_]/g, '')
}

const MAX_EDITS = 2

function editsAllowed({ length }: string): number {
  if (length >= 8) return MAX_EDITS
  return length >= 5 ? 1 : 0
}

/** The edits between two texts (optimal string alignment); Infinity if their lengths already differ too much. */
function countEdits(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > MAX_EDITS) return Infinity
  // rows[i][j]: the edits from the first i characters of `one` to the first j characters of `other`.
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity
  for (let row = 1; row <= one.length; row++) {
    rows.push([row])
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      )
    }
  }
  return at(one.length, other.length)
}
