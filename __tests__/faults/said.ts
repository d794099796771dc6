import type { StepResult } from '../runner/step.js'

/** What may become of a key, as the outputs are called. */
export const OUTCOMES = ['created', 'updated', 'unchanged', 'kept', 'deleted', 'failed'] as const

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number]

/** What a judge needs of a step that has ended. */
export type Ended = Pick<
  StepResult,
  'exitCode' | 'signal' | 'timedOut' | 'log' | 'summary' | 'outputs' | 'annotations'
>

/** What a step says of a key, or of a principal, in one place. */
export interface Statement {
  readonly name: string
  readonly outcome: string
  /** Why it failed; empty where that is not told here. */
  readonly reason: string
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
  /** The annotations of level error. */
  readonly errors: readonly string[]
}

/** Reads what a step says as a later step and a person would: in its outputs, its log and its job summary. */
export function readSaid({ log, summary, outputs, annotations }: Ended): Said {
  const rows = [...summary.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)]
  const errors = annotations.filter(({ level }) => level === 'error').map(({ message }) => message)
  return {
    outputs: Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, namesIn(outputs[outcome])]),
    ) as Said['outputs'],
    changed: outputs['changed'],
    scopeCreated: outputs['scope-created'],
    logKeys: [...log.matchAll(/^ {2}(created|updated|unchanged|kept|deleted|failed) +(\S+)$/gm)].map(
      ([, outcome = '', name = '']) => ({ name, outcome, reason: '' }),
    ),
    summaryKeys: rows.flatMap(([, name = '', cell = '']) => {
      const [, outcome, reason = ''] = /^[^\w|]+ (\w+)(?:: (.*))?$/.exec(cell) ?? []
      return outcome === undefined ? [] : [{ name, outcome, reason: unescaped(reason) }]
    }),
    logPermissions: [...log.matchAll(/^ {2}(set|unchanged|failed) +(\S+): [A-Z]+(?: \(was .*\))?$/gm)].map(
      ([, outcome = '', name = '']) => ({
        name,
        outcome,
        reason: errors.find((error) => error.startsWith(`Permission of "${name}": `)) ?? '',
      }),
    ),
    summaryPermissions: rows.flatMap(([, name = '', cell = '']) => {
      const [, outcome] = /^[A-Z]+(?: .*)? \| (\w+)$/.exec(cell) ?? []
      return outcome === undefined ? [] : [{ name, outcome, reason: '' }]
    }),
    stopped: /^Stopped before /m.test(log),
    errors,
  }
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
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
