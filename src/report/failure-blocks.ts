import type { Failure } from './failures.js'
import { alert, code, escapeMarkdown } from './markdown.js'
import { count, listNames } from './wording.js'

/** So many reasons have a block of their own; those of the others, which befell fewest keys, stand in the rows of these. */
const MAX_BLOCKS = 10

/** As many names are told in a block: the table has all of them. */
const MAX_NAMES = 10

/** Renders why keys failed, once for each reason. */
export function renderKeyFailures(failures: readonly Failure[]): string[] {
  return failures.slice(0, MAX_BLOCKS).map((failure) => {
    const number = numberOf(failure, failures)
    return block(failure, 'key', number === undefined ? '' : `Reason ${number}, `)
  })
}

/** Renders why permissions could not be set, once for each reason. */
export function renderPermissionFailures(failures: readonly Failure[]): string[] {
  const rest = failures.length - MAX_BLOCKS
  return [
    ...failures.slice(0, MAX_BLOCKS).map((failure) => block(failure, 'permission')),
    ...(rest > 0 ? [`… and ${count(rest, 'more reason')}: see the log.`] : []),
  ]
}

/** What the row of a key says of its failure, in Markdown, behind how it ended: by key. */
export function failuresInRows(failures: readonly Failure[]): ReadonlyMap<string, string> {
  return new Map(
    failures.flatMap((failure, index) => {
      const number = numberOf(failure, failures)
      const reference = number === undefined ? '' : ` (reason ${number})`
      const text = index < MAX_BLOCKS ? reference : `: ${escapeMarkdown(failure.reason)}`
      return failure.names.map((name) => [name, text] as const)
    }),
  )
}

/** The number that leads from a row to its block, where how the key ended does not. */
function numberOf(failure: Failure, failures: readonly Failure[]): number | undefined {
  const told = failures.slice(0, MAX_BLOCKS)
  const alike = told.filter(({ outcome: end }) => end === failure.outcome)
  return alike.length > 1 ? told.indexOf(failure) + 1 : undefined
}

function block({ outcome: end, names, reason }: Failure, noun: string, label = ''): string {
  return alert(
    'CAUTION',
    reason,
    `**${label}${count(names.length, noun)} ${end}:** ${listNames(names.map(code), MAX_NAMES)}`,
  )
}
