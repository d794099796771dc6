import type { Fault } from '../fault.js'
import type { SecretValue } from '../secret-value.js'
import { readEnvs } from './envs.js'
import { readFiles } from './files.js'
import { isJsonMap, readJsonMap } from './json-map.js'
import { readLines } from './lines.js'
import { checkMap, NOT_UTF8 } from './rules.js'
import type { Reading } from './secret-map.js'

/** The texts that name the secrets, each an input of the same name; empty where the workflow does not use it. */
export interface Sources {
  readonly secrets: string
  readonly 'secret-envs': string
  readonly 'secret-files': string
}

/** What the sources refer to. */
export interface SourceContext {
  /** The environment of the step, for `secret-envs`. */
  readonly env: NodeJS.ProcessEnv
  /** The folder that relative paths of `secret-files` start in and may not leave. */
  readonly workspace: string
  /** What this run signs in with: left out of a JSON map. */
  readonly credentials: readonly SecretValue[]
}

const EMPTY =
  'no secret is named, neither here nor in secret-envs or secret-files (github_token and the token of this run do not ' +
  'count). Give at least one line, such as key:=${{ toJSON(secrets.NAME) }}'

/**
 * Reads all sources into one map and checks it as a whole. Entries come back also when there are faults, so that
 * their values can be masked before the faults are told.
 */
export function readSources(
  sources: Sources,
  { env, workspace, credentials }: SourceContext,
): Required<Reading> {
  const { secrets } = sources
  const readings: Reading[] = [
    isJsonMap(secrets) ? readJsonMap(secrets, 'secrets', credentials) : readLines(secrets, 'secrets'),
    readEnvs(sources['secret-envs'], 'secret-envs', env),
    readFiles(sources['secret-files'], 'secret-files', workspace),
  ]
  const entries = readings.flatMap((reading) => reading.entries)
  const unused = readings.flatMap((reading) => reading.unused ?? [])
  const leftOut = readings.flatMap((reading) => reading.leftOut ?? [])
  const faults = readings.flatMap((reading) => reading.faults)
  faults.push(...checkDecoding(sources), ...checkMap(entries, credentials))
  if (entries.length === 0 && faults.length === 0)
    faults.push({ input: 'secrets', message: EMPTY, cause: 'not-visible' })
  // In the order in which a reader finds them in the workflow, whichever check found them.
  const inputs = Object.keys(sources)
  faults.sort((a, b) => inputs.indexOf(a.input) - inputs.indexOf(b.input) || (a.line ?? 0) - (b.line ?? 0))
  return { entries, unused, leftOut, faults }
}

function checkDecoding(sources: Sources): Fault[] {
  return Object.entries(sources).flatMap(([input, text]: [string, string]) =>
    text.split('\n').flatMap((line, index) => {
      return line.includes('\u{fffd}') && !line.startsWith('#')
        ? [{ input, line: index + 1, message: NOT_UTF8 }]
        : []
    }),
  )
}
