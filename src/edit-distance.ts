/** A text that is more edits away is no misspelling. */
const MAX_EDITS = 2

/** How many edits away from a text another one may be a misspelling of it: 0 for up to four characters, 1 for up to seven, else 2. */
export function allowedEdits({ length }: string): number {
  if (length >= 8) return MAX_EDITS
  return length >= 5 ? 1 : 0
}

/**
 * Counts the edits between two texts: an edit inserts, removes or replaces a character, or swaps two neighbours (optimal
 * string alignment). Returns Infinity if the lengths alone differ by more than {@link MAX_EDITS}.
 */
export function countEdits(one: string, other: string): number {
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
