import type { Fault, Place } from '../fault.js'
import type { SecretValue } from '../secret-value.js'
import { chooseMembers } from './choose-members.js'
import { readEnvs } from './envs.js'
import { readFiles } from './files.js'
import { isJsonMap, readJsonMap } from './json-map.js'
import { sameKey } from './key.js'
import { readKeyNaming } from './key-naming.js'
import { readLines } from './lines.js'
import type { MapDocument } from './map-document.js'
import { readMapFile } from './map-file.js'
import { readNamePatterns } from './name-patterns.js'
import { checkMap, NOT_UTF8 } from './rules.js'
import type { Reading, SecretEntry } from './secret-map.js'
import { tellNames } from './tell-names.js'

/** The inputs that name the secrets, in the order of action.yml: the map follows it, and so do the faults. */
export const SOURCES = ['secrets', 'secret-envs', 'secret-files', 'secrets-file'] as const

/** The inputs that say which names of a JSON or dotenv map are taken, and which keys they become. */
export const CHOICES = ['include', 'exclude', 'key-strip-prefix', 'key-case', 'key-prefix'] as const

/** The texts of these inputs; empty where the workflow does not use one. */
export type Sources = Readonly<Record<(typeof SOURCES)[number] | (typeof CHOICES)[number], string>>

/** What the sources refer to. */
export interface SourceContext {
  /** The environment of the step, for `secret-envs`. */
  readonly env: NodeJS.ProcessEnv
  /** The folder that relative paths of `secret-files` and `secrets-file` start in and may not leave. */
  readonly workspace: string
  /** What this run signs in with: left out of a JSON or dotenv map. */
  readonly credentials: readonly SecretValue[]
  /** More that no name may hold: what GitHub is asked with. Default: nothing. */
  readonly unnamed?: readonly SecretValue[]
  /**
   * Whether no map at all is none of the faults, as for a run that only reports; a map that comes to nothing always is.
   * Default: false.
   */
  readonly mayBeEmpty?: boolean
}

const EMPTY =
  'no secret is named, neither here nor in secret-envs, secret-files or secrets-file (what include and exclude leave ' +
  'out, github_token and the token of this run do not count). Give at least one line, such as ' +
  'key:= and the expression toJSON(secrets.NAME)'

const NOTHING_TO_CHOOSE =
  'applies to the names of a JSON or dotenv map alone, and there is none. Take it out, or give such a map in secrets ' +
  'or secrets-file'

const NO_KEY_BEGINS =
  'no key of the map begins with this, and the keys of lines are taken as they stand. Write it in front of them, or ' +
  'take it out'

/**
 * Reads all sources into one map and checks it as a whole. Entries come back also when there are faults, so that
 * their values can be masked before the faults are told.
 */
export function readSources(sources: Sources, context: SourceContext): Required<Reading> {
  const { env, workspace, credentials, unnamed = [], mayBeEmpty = false } = context
  const { secrets } = sources
  const isJson = isJsonMap(secrets)
  const readings = [
    readLines(isJson ? '' : secrets, 'secrets'),
    readEnvs(sources['secret-envs'], 'secret-envs', env),
    readFiles(sources['secret-files'], 'secret-files', workspace),
  ]
  const mapFile = sources['secrets-file'].trim()
  const documents = [
    ...(isJson ? [readJsonMap(secrets, 'secrets')] : []),
    ...(mapFile === '' ? [] : [readMapFile(mapFile, 'secrets-file', workspace)]),
  ]
  const include = readNamePatterns(sources.include, 'include')
  const exclude = readNamePatterns(sources.exclude, 'exclude')
  const { naming, faults: namingFaults } = readKeyNaming(sources)
  const choice = { include: include.patterns, exclude: exclude.patterns, naming }
  const faultsOfInputs = [
    ...checkDecoding(sources),
    ...[include.faults, exclude.faults, namingFaults].flat(),
    ...(documents.length === 0 ? choicesOfNothing(sources) : []),
  ]

  function assemble(chosenFrom: readonly MapDocument[]): Required<Reading> {
    const all: Reading[] = [...readings, chooseMembers(chosenFrom, choice, credentials)]
    const entries = inOrder(
      all.flatMap((reading) => reading.entries),
      ({ place }) => place,
    )
    const faults = [
      ...all.flatMap((reading) => reading.faults),
      ...faultsOfInputs,
      ...checkMap(entries, [...credentials, ...unnamed]),
      ...(documents.length === 0 ? checkPrefix(entries, naming.prefix) : []),
    ]
    if (entries.length === 0 && faults.length === 0 && !(mayBeEmpty && isNothingGiven(sources))) {
      faults.push({ input: 'secrets', message: EMPTY, cause: 'not-visible' })
    }
    return {
      entries,
      // In the order in which a reader finds them in the workflow, whichever check found them.
      faults: inOrder(faults, (fault) => fault),
      unused: all.flatMap((reading) => reading.unused ?? []),
      leftOut: all.flatMap((reading) => reading.leftOut ?? []),
    }
  }

  const map = assemble(documents)
  if (map.faults.length === 0) return map
  // Once more, with names in the places: which of them can be told is known only when all values are.
  const values = [...map.entries.map(({ value }) => value), ...map.unused, ...credentials, ...unnamed]
  return assemble(tellNames(documents, values))
}

/** Sorts by input, as in action.yml, and by line. */
function inOrder<T>(all: readonly T[], placeOf: (one: T) => Place): T[] {
  const inputs: readonly string[] = [...SOURCES, ...CHOICES]
  const rank = ({ input }: Place): number => inputs.indexOf(input)
  return [...all].sort(
    (a, b) => rank(placeOf(a)) - rank(placeOf(b)) || lineOf(placeOf(a)) - lineOf(placeOf(b)),
  )
}

function lineOf({ line = 0 }: Place): number {
  return line
}

function isNothingGiven(sources: Sources): boolean {
  return SOURCES.every((input) => sources[input].trim() === '')
}

/** A prefix that no key has makes no sense with prune: it would delete the very keys that were meant. */
function checkPrefix(entries: readonly SecretEntry[], prefix: string): Fault[] {
  const isIdle = entries.length > 0 && !entries.some(({ key }) => sameKey(key).startsWith(sameKey(prefix)))
  return isIdle ? [{ input: 'key-prefix', message: NO_KEY_BEGINS }] : []
}

/** What would be without effect: the prefix alone also says which keys are to be looked after. */
function choicesOfNothing(sources: Sources): Fault[] {
  return CHOICES.filter(
    (input) =>
      sources[input].trim() !== '' &&
      input !== 'key-prefix' &&
      !(input === 'key-case' && sources[input] === 'keep'),
  ).map((input) => ({ input, message: NOTHING_TO_CHOOSE }))
}

function checkDecoding(sources: Sources): Fault[] {
  return SOURCES.flatMap((input) =>
    sources[input].split('\n').flatMap((line, index) => {
      return line.includes('\u{fffd}') && !line.startsWith('#')
        ? [{ input, line: index + 1, message: NOT_UTF8 }]
        : []
    }),
  )
}
