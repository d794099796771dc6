import type { FailureReasons } from './describe-errors.js'
import { sentencesOf, type Explanation } from './explanation.js'
import type { FailureGroup } from './failure-groups.js'
import { alert, code, escapeMarkdown } from './markdown.js'
import { count, listNames } from './wording.js'

/** The most reasons with a block of their own. The other reasons, with the fewest keys, are in the rows of their keys. */
const MAX_BLOCKS = 10

/** The most names in a block. The table has all of them. */
const MAX_NAMES = 10

/** Renders why keys failed, once for each reason. */
export function renderKeyFailures(failures: readonly FailureGroup[]): string[] {
  return failures.slice(0, MAX_BLOCKS).map((failure) => {
    const number = numberOf(failure, failures)
    return block(failure, 'key', number === undefined ? '' : `Reason ${number}, `)
  })
}

/** Renders why permissions could not be set, once for each reason. */
export function renderPermissionFailures(failures: readonly FailureGroup[]): string[] {
  return blocks(failures, 'permission')
}

/** Renders what failed for the same reason in several targets. The names contain the target. */
export function renderSharedFailures({ stopped, keys, permissions }: FailureReasons): string[] {
  return [...blocks(stopped, 'target'), ...blocks(keys, 'key'), ...blocks(permissions, 'permission')]
}

function blocks(failures: readonly FailureGroup[], noun: string): string[] {
  const rest = failures.length - MAX_BLOCKS
  return [
    ...failures.slice(0, MAX_BLOCKS).map((failure) => block(failure, noun)),
    ...(rest > 0 ? [`… and ${count(rest, 'more reason')}: see the log.`] : []),
  ]
}

/** The text after the outcome in the row of each failed key, in Markdown, by key. */
export function failuresInRows(failures: readonly FailureGroup[]): ReadonlyMap<string, string> {
  const own = failures.filter(({ shared }) => shared !== true)
  const textOf = (failure: FailureGroup): string => {
    if (failure.shared === true) return ' (see above)'
    if (own.indexOf(failure) >= MAX_BLOCKS) return `: ${inRow(failure.reason)}`
    const number = numberOf(failure, own)
    return number === undefined ? '' : ` (reason ${number})`
  }
  return new Map(
    failures.flatMap((failure) => {
      const text = textOf(failure)
      return failure.names.map((name) => [name, text] as const)
    }),
  )
}

function inRow(reason: Explanation): string {
  return [escapeMarkdown(sentencesOf(reason)), ...reason.commands.map(code)].join(' ')
}

/** The number of the block for a row; undefined if the outcome alone identifies the block. */
function numberOf(failure: FailureGroup, failures: readonly FailureGroup[]): number | undefined {
  const blocks = failures.slice(0, MAX_BLOCKS)
  const alike = blocks.filter(({ outcome }) => outcome === failure.outcome)
  return alike.length > 1 ? blocks.indexOf(failure) + 1 : undefined
}

function block({ outcome, names, reason }: FailureGroup, noun: string, label = ''): string {
  // It only follows from another failure, which has a red box.
  return alert(outcome === 'not deleted' ? 'NOTE' : 'CAUTION', sentencesOf(reason), {
    title: `**${label}${count(names.length, noun)} ${outcome}:** ${listNames(names.map(code), MAX_NAMES)}`,
    commands: reason.commands,
  })
}
