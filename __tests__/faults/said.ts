import type { StepResult } from '../runner/step.js'

/** What may become of a key, as the outputs are called. */
export const OUTCOMES = ['created', 'updated', 'unchanged', 'kept', 'deleted', 'failed'] as const

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number]

/** What a judge needs of a step that has ended. */
export type Ended = Pick<
  StepResult,
  'exitCode' | 'signal' | 'timedOut' | 'log' | 'summary' | 'outputs' | 'annotations' | 'afterCancelMs'
>

/** What a step says of a key, or of a principal, in one place. */
export interface Statement {
  readonly name: string
  readonly outcome: string
  /** Why it failed; empty where that is not told here. */
  readonly reason: string
  /** How it ended in the words of a person, where they tell one failure from another. */
  readonly word?: string
}

/** All that a step says of what it has done, place by place. */
export interface Said {
  /** The arrays of the outputs; null for one that is none. */
  readonly outputs: Readonly<Record<Outcome, readonly string[] | null>>
  readonly changed: string | undefined
  readonly scopeCreated: string | undefined
  readonly logKeys: readonly Statement[]
  readonly summaryKeys: readonly Statement[]
  readonly logPermissions: readonly Statement[]
  readonly summaryPermissions: readonly Statement[]
  /** Whether the run says that it stopped before it put anything. */
  readonly stopped: boolean
  /** Whether it says that it was cancelled. */
  readonly cancelled: boolean
  /** Whether it says that the comment on the pull request could not be written. */
  readonly commentFailed: boolean
  /** The annotations of level error. */
  readonly errors: readonly string[]
  /** The lines of the log about keys that were not deleted because another key failed. They are no errors of their own. */
  readonly consequences: readonly string[]
}

/** Reads what a step says as a later step and a person would: in its outputs, its log and its job summary. */
export function readSaid({ log, summary, outputs, annotations }: Ended): Said {
  const rows = [...summary.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)]
  const blocks = blocksIn(summary)
  const errors = annotations.filter(({ level }) => level === 'error').map(({ message }) => message)
  return {
    outputs: Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, namesIn(outputs[outcome])]),
    ) as Said['outputs'],
    changed: outputs['changed'],
    scopeCreated: outputs['scope-created'],
    logKeys: logKeysIn(log),
    summaryKeys: rows.flatMap(([, name = '', cell = '']) => {
      const [, word, number, reason = ''] =
        /^(?:[^\w|]+ )?((?:will be )?(?:not verified|not deleted|\w+))(?: \(reason (\d+)\)|: (.*))?$/.exec(
          cell,
        ) ?? []
      if (word === undefined) return []
      const outcome = outcomeOf(word)
      if (outcome !== 'failed') return [{ name, outcome, reason: unescaped(reason), word }]
      return [
        { name, outcome, reason: unescaped(reason) || reasonInBlocks(blocks, name, word, number), word },
      ]
    }),
    logPermissions: [...log.matchAll(/^ {2}(set|unchanged|failed) +(\S+): [A-Z]+(?: \(was .*\))?$/gm)].map(
      ([, outcome = '', name = '']) => ({
        name,
        outcome,
        reason: errors.find((error) => namesOfPermissions(error).includes(name)) ?? '',
      }),
    ),
    summaryPermissions: rows.flatMap(([, name = '', cell = '']) => {
      const [, outcome] = /^[A-Z]+(?: .*)? \| (?:[^\w|]+ )?(\w+)$/.exec(cell) ?? []
      return outcome === undefined ? [] : [{ name, outcome, reason: '' }]
    }),
    stopped: /^Stopped before /m.test(log),
    cancelled: /^Cancelled: /m.test(log),
    commentFailed: errors.some((error) => error.startsWith('The comment on pull request ')),
    errors,
    consequences: log.match(/^\S.*: Not deleted, because .*$/gm) ?? [],
  }
}

/**
 * The keys of the log. Those that are deleted are listed once, before the first is: each of them that the outcomes do not
 * name after that was deleted.
 */
function logKeysIn(log: string): Statement[] {
  const outcomes = [
    ...log.matchAll(
      // The runner indents the lines of a group once more.
      /^ {2,4}((?:will be )?(?:created|updated|unchanged|kept|deleted)|failed|not verified|not deleted) +(\S+)$/gm,
    ),
  ].map(([, word = '', name = '']) => ({ name, outcome: outcomeOf(word), reason: '', word }))
  const [, list = ''] = /^Deleting \d+ keys? of the .*:\n((?: {2}\S+\n)*)/m.exec(log) ?? []
  const deleted = [...list.matchAll(/^ {2}(\S+)$/gm)]
    .map(([, name = '']) => name)
    .filter((key) => !outcomes.some(({ name }) => name === key))
  return [...outcomes, ...deleted.map((name) => ({ name, outcome: 'deleted', reason: '', word: 'deleted' }))]
}

/** A block of the summary that says why keys failed. */
interface Block {
  readonly number: string | undefined
  readonly count: number
  readonly word: string
  readonly names: readonly string[]
  readonly reason: string
}

function blocksIn(summary: string): Block[] {
  const pattern =
    /^> \[!(?:CAUTION|NOTE)\]\n> \*\*(?:Reason (\d+), )?(\d+) keys? (failed|not verified|not deleted):\*\* (.*)\n>\n> (.*)$/gm
  return [...summary.matchAll(pattern)].map(([, number, count, word = '', names = '', reason = '']) => ({
    number,
    count: Number(count),
    word,
    names: [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    reason: unescaped(reason),
  }))
}

/**
 * The one reason that a reader finds for a key whose row has none: in the block with the number of the row, or in the
 * only one about keys that ended so. Empty where it leads to no block or to more than one, or where another one names the
 * key, or that one counts other keys than it names.
 */
function reasonInBlocks(
  blocks: readonly Block[],
  name: string,
  word: string,
  number: string | undefined,
): string {
  const [found, ...others] = blocks.filter((block) => block.word === word && block.number === number)
  if (found === undefined || others.length > 0) return ''
  const naming = blocks.filter(({ names }) => names.includes(name))
  const isNamed = naming.length === 1 && naming[0] === found
  const isCounted = naming.length === 0 && found.count > found.names.length
  return isNamed || isCounted ? found.reason : ''
}

/** What the outputs call it. */
function outcomeOf(word: string): string {
  return word.startsWith('not ') ? 'failed' : word.replace(/^will be /, '')
}

/** Whom an annotation about permissions is about. */
function namesOfPermissions(error: string): string[] {
  const [, names = ''] = /^Permission of ("[^"]*"(?:, "[^"]*")*)(?: and \d+ more)?: /.exec(error) ?? []
  return [...names.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name)
}

function namesIn(output: string | undefined): string[] | null {
  try {
    const names: unknown = JSON.parse(output ?? '')
    return Array.isArray(names) ? names.map(String) : null
  } catch {
    return null
  }
}

/** Markdown as it is shown. */
function unescaped(markdown: string): string {
  return markdown
    .replace(/<\/?span>/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
