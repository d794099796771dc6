import { allowedEdits, countEdits } from '../edit-distance.js'

/**
 * The known names that a misspelt name may mean. That is a known name which it equals without `-` and `_`, which is one edit
 * away and has five letters or more, or which is two edits away and has eight letters or more. An edit inserts, removes or
 * replaces a letter, or swaps two neighbours.
 *
 * @param name The misspelt name. Names are case-insensitive.
 * @returns The nearest names, in the order of the known ones; empty if all are too far away.
 */
export function nearestNames<Name extends string>(name: string, known: readonly Name[]): Name[] {
  const letters = lettersOf(name)
  const near = known.flatMap((each) => {
    const edits = countEdits(letters, lettersOf(each))
    return edits <= allowedEdits(lettersOf(each)) ? [{ each, edits }] : []
  })
  const least = Math.min(...near.map(({ edits }) => edits))
  return near.filter(({ edits }) => edits === least).map(({ each }) => each)
}

function lettersOf(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase()
}
