import type { Case } from './cases.js'
import type { Verdict } from './play.js'

/** What came of a case. */
export interface Played {
  readonly played: Case
  readonly verdict: Verdict
}

/**
 * Plays cases side by side, each with a workspace of its own.
 *
 * @param atOnce How many; most of their time is spent waiting.
 * @param onPlayed Told of each as it ends.
 * @returns In the order of the cases.
 */
export async function playAll(
  cases: readonly Case[],
  atOnce: number,
  onPlayed: (played: Played) => void = () => undefined,
): Promise<Played[]> {
  const results: Played[] = []
  const queue = cases.entries()
  const work = async (): Promise<void> => {
    for (const [index, played] of queue) {
      const result = { played, verdict: await played.play() }
      results[index] = result
      onPlayed(result)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

/** As many mistakes of a case are listed: thousands of keys tend to share them. */
const LISTED = 5

/** The first mistakes of a case, and how many more there are. */
export function listMistakes(played: Played): string[] {
  const mistakes = mistakesOf(played)
  const rest = mistakes.length - LISTED
  return rest > 0 ? [...mistakes.slice(0, LISTED), `and ${rest} more`] : mistakes
}

/** What is wrong with what came of a case: wrong statements, and a fault that should have been got over. */
export function mistakesOf({ played, verdict }: Played): string[] {
  const { wrong, tried, survived } = verdict
  return [
    ...wrong,
    ...(tried ? [] : ['the fault was not tried']),
    ...(played.mustSurvive && !survived ? ['a fault that passes was not got over'] : []),
    ...(played.mustFail === true && survived ? ['it succeeded, and must not'] : []),
  ]
}
