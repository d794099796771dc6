import type { InputError, InputLocation } from './input-error.js'
import type { SecretValue } from '../secret-value.js'
import { selectSecrets } from './select-secrets.js'
import { checkEmptySources, type EmptyMapRules } from './empty-sources.js'
import { readEnvs } from './envs.js'
import { readFiles } from './files.js'
import { isJsonMap, readJsonMap } from './json-map.js'
import { normalizeKey } from './key.js'
import { keyFor, readKeyNaming } from './key-naming.js'
import { readLines } from './lines.js'
import type { MapDocument } from './map-document.js'
import { readMapFile } from './map-file.js'
import { createPrintableNameCheck } from './printable-name-check.js'
import { readNamePatterns } from './name-patterns.js'
import { isUnresolved } from './placeholders.js'
import { validateMap, NOT_UTF8 } from './validate-map.js'
import type { SourceResult, SecretEntry } from './secret-map.js'
import { removeUnprintableNames, addPrintableNames, type IsPrintableName } from './printable-names.js'

/** The inputs that name the secrets, in the order of action.yml: the map follows it, and so do the faults. */
export const SOURCE_INPUTS = ['secrets', 'secret-envs', 'secret-files', 'secrets-file'] as const

/** The inputs that say which names of a JSON or dotenv map are taken, and which keys they become. */
export const SELECTION_INPUTS = ['include', 'exclude', 'key-strip-prefix', 'key-case', 'key-prefix'] as const

/** The texts of these inputs; empty where the workflow does not use one. */
export type Sources = Readonly<
  Record<(typeof SOURCE_INPUTS)[number] | (typeof SELECTION_INPUTS)[number], string>
>

/** What the sources refer to. */
export interface SourceContext extends EmptyMapRules {
  /** The environment of the step, for `secret-envs`. */
  readonly env: NodeJS.ProcessEnv
  /** The folder that relative paths of `secret-files` and `secrets-file` start in and may not leave. */
  readonly workspace: string
  /** What this run signs in with: left out of a JSON or dotenv map. */
  readonly credentials: readonly SecretValue[]
  /** What GitHub is asked with: left out in the same way. Default: nothing. */
  readonly unnamed?: readonly SecretValue[]
}

/** The map, with all that there is to say of it. */
export interface ReadMapResult extends Required<SourceResult> {
  /** The keys of names that a document holds and that were left out of the map: with `prune`, they are not deleted. */
  readonly neverPruned: readonly string[]
  /** The keys whose values look encrypted, or like a reference: they are written as they are. */
  readonly unresolved: readonly string[]
}

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
export function readSources(sources: Sources, context: SourceContext): ReadMapResult {
  const { env, workspace, credentials, unnamed: unprintable = [] } = context
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
  const given = SOURCE_INPUTS.filter((input) => sources[input] !== '').map((input) => ({
    input,
    isBlank: sources[input].trim() === '',
    isDocument: input === 'secrets-file' ? mapFile !== '' : input === 'secrets' && isJson,
  }))
  const include = readNamePatterns(sources.include, 'include')
  const exclude = readNamePatterns(sources.exclude, 'exclude')
  const { naming, errors: namingErrors } = readKeyNaming(sources)
  const isIncludeGiven = include.patterns.length > 0 || include.errors.length > 0
  const choice = { include: isIncludeGiven ? include.patterns : undefined, exclude: exclude.patterns, naming }
  const inputErrors = [
    ...checkDecoding(sources),
    ...[include.errors, exclude.errors, namingErrors].flat(),
    ...(documents.length === 0 ? choicesOfNothing(sources) : []),
  ]

  function assemble(isPrintableName: IsPrintableName): ReadMapResult {
    const chosen = selectSecrets(addPrintableNames(documents, isPrintableName), choice, [
      ...credentials,
      ...unprintable,
    ])
    const all: SourceResult[] = [
      ...readings.map((reading) => removeUnprintableNames(reading, isPrintableName)),
      chosen,
    ]
    const entries = inOrder(
      all.flatMap((reading) => reading.entries),
      ({ location }) => location,
    )
    const errors = [
      ...all.flatMap((reading) => reading.errors),
      ...inputErrors,
      ...validateMap(entries, [...credentials, ...unprintable]),
      ...checkPrefix(entries, naming.prefix, secrets),
    ]
    for (const inputError of checkEmptySources(given, entries, errors, context)) errors.push(inputError)
    return {
      entries,
      // In the order in which a reader finds them in the workflow, whichever check found them.
      errors: inOrder(errors, (inputError) => inputError),
      discarded: all.flatMap((reading) => reading.discarded ?? []),
      omitted: chosen.omitted,
      neverPruned: namesOutside(entries, documents, chosen.omitted).map((name) => keyFor(name, naming)),
      unresolved: entries.filter(({ value }) => isUnresolved(value)).map(({ key }) => key),
    }
  }

  const map = assemble(() => false)
  if (map.errors.length === 0) return map
  // Once more, with names in the places: which of them can be told is known only when all values are.
  const values = [...map.entries.map(({ value }) => value), ...map.discarded, ...credentials, ...unprintable]
  return assemble(createPrintableNameCheck(values))
}

/** The names of documents that this action itself has left out of the map: their secrets are not gone. */
function namesOutside(
  entries: readonly SecretEntry[],
  documents: readonly MapDocument[],
  omitted: readonly string[],
): string[] {
  const taken = new Set(entries.map(({ location }) => location))
  const ofGitHub = documents
    .flatMap(({ members }) => members)
    .filter(({ name, location }) => name.toLowerCase() === 'github_token' && !taken.has(location))
  return [...omitted, ...ofGitHub.map(({ name }) => name)]
}

/** Sorts by input, as in action.yml, and by line. */
function inOrder<T>(all: readonly T[], placeOf: (one: T) => InputLocation): T[] {
  const inputs: readonly string[] = [...SOURCE_INPUTS, ...SELECTION_INPUTS]
  const rank = ({ input }: InputLocation): number => inputs.indexOf(input)
  return [...all].sort(
    (a, b) => rank(placeOf(a)) - rank(placeOf(b)) || lineOf(placeOf(a)) - lineOf(placeOf(b)),
  )
}

function lineOf({ line = 0 }: InputLocation): number {
  return line
}

/** A prefix that no key has makes no sense with prune: it would delete the very keys that were meant. */
function checkPrefix(entries: readonly SecretEntry[], prefix: string, secrets: string): InputError[] {
  const isIdle =
    entries.length > 0 && !entries.some(({ key }) => normalizeKey(key).startsWith(normalizeKey(prefix)))
  return isIdle ? [{ input: 'key-prefix', message: NO_KEY_BEGINS, ...ofAbsent(secrets) }] : []
}

/** Where there is no document, `secrets` may be one that is not visible to this job. */
function ofAbsent(secrets: string): Pick<InputError, 'cause'> {
  return secrets.trim() === '' ? { cause: 'not-visible' } : {}
}

/** What would be without effect: the prefix alone also says which keys are to be looked after. */
function choicesOfNothing(sources: Sources): InputError[] {
  return SELECTION_INPUTS.filter(
    (input) =>
      sources[input].trim() !== '' &&
      input !== 'key-prefix' &&
      !(input === 'key-case' && sources[input] === 'keep'),
  ).map((input) => ({ input, message: NOTHING_TO_CHOOSE, ...ofAbsent(sources.secrets) }))
}

function checkDecoding(sources: Sources): InputError[] {
  return SOURCE_INPUTS.flatMap((input) =>
    sources[input].split('\n').flatMap((line, index) => {
      return line.includes('\u{fffd}') && !line.startsWith('#')
        ? [{ input, line: index + 1, message: NOT_UTF8, kind: 'invalid-value' }]
        : []
    }),
  )
}
