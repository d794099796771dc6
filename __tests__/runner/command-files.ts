import { readFile } from 'node:fs/promises'
import type { CommandProcessor } from './command-processor.js'
import { linesOf } from './dotnet-text.js'
import type { StepFolders } from './environment.js'
import type { JobLog } from './job-log.js'
import type { SecretMasker } from './secret-masker.js'

/** The most that the runner takes of a summary, in bytes. */
const SUMMARY_LIMIT = 1024 * 1024

/**
 * Reads `GITHUB_OUTPUT`, `GITHUB_ENV` or `GITHUB_STATE`: lines `name=value`, and `name<<delimiter` with the lines of the
 * value after it up to a line that is the delimiter (`FileCommandManager` of actions/runner). Of a repeated name the
 * last value counts.
 * @throws Error, with the runner's text, on a line of neither kind, an empty name or delimiter, a missing end
 */
export function parsePairs(text: string): Record<string, string> {
  const pairs = new Map<string, string>()
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (line === '') continue
    const [, name = '', separator, rest = ''] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? []
    if (separator === undefined) throw new Error(`Invalid format '${line}'`)
    if (separator === '=') {
      if (name === '') throw new Error(`Invalid format '${line}'. Name must not be empty`)
      pairs.set(name, rest)
      continue
    }
    if (name === '' || rest === '') {
      throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`)
    }
    const end = lines.indexOf(rest, at + 1)
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${rest}'`)
    pairs.set(name, lines.slice(at + 1, end).join('\n'))
    at = end
  }
  return Object.fromEntries(pairs)
}

/** The runner's error for a summary of so many bytes. It drops the summary, and the step stays green. */
function summaryTooLarge(bytes: number): string {
  const kib = (size: number): string => `${Math.floor(size / 1024)}k`
  return `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${kib(SUMMARY_LIMIT)}, got ${kib(bytes)}.`
}

/** What a step left in its files. */
export interface CollectedFiles {
  outputs: Record<string, string>
  envChanges: Record<string, string>
  state: Record<string, string>
  path: string[]
  summary: string
  summaryShown: string
}

/**
 * Reads the files of a step after its end, as the runner does: a malformed one gives two errors, makes the step fail
 * and counts as empty; a summary that is too large gives one and is dropped; any other is masked line by line.
 */
export async function collectFiles(
  files: StepFolders['files'],
  commands: CommandProcessor,
  log: JobLog,
  masker: SecretMasker,
): Promise<CollectedFiles> {
  const pairs = async (file: 'env' | 'output' | 'state'): Promise<Record<string, string>> => {
    try {
      return parsePairs(await readFile(files[file], 'utf8'))
    } catch (error) {
      commands.refuse(`file command '${file}'`, (error as Error).message)
      return {}
    }
  }
  const summary = await readFile(files.summary, 'utf8')
  const bytes = Buffer.byteLength(summary)
  const dropped = bytes > SUMMARY_LIMIT
  if (dropped) log.issue('error', summaryTooLarge(bytes))
  return {
    envChanges: await pairs('env'),
    path: linesOf(await readFile(files.path, 'utf8')).filter((line) => line !== ''),
    summary,
    summaryShown: dropped
      ? ''
      : linesOf(summary)
          .map((line) => `${masker.mask(line)}\n`)
          .join(''),
    state: await pairs('state'),
    outputs: await pairs('output'),
  }
}
