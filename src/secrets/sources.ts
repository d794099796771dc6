import type { InputError, InputLocation } from './input-error.js'
import type { SecretValue } from '../secret-value.js'
import { selectSecrets } from './select-secrets.js'
import { checkEmptySources, type EmptyMapRules } from './empty-sources.js'
import { readSecretEnvs } from './secret-envs.js'
import { readSecretFiles } from './secret-files.js'
import { isJsonMap, readJsonMap } from './json-map.js'
import { normalizeKey } from './key.js'
import { keyFor, readKeyNaming } from './key-naming.js'
import { readLinesMap } from './lines-map.js'
import type { MapDocument } from './map-document.js'
import { readMapFile } from './map-file.js'
import { createPrintableNameCheck } from './printable-name-check.js'
import { readNamePatterns } from './name-patterns.js'
import { isUnresolved } from './placeholders.js'
import { validateMap, NOT_UTF8 } from './validate-map.js'
import type { SecretLimits } from './secret-limits.js'
import type { SourceResult, SecretEntry } from './secret-map.js'
import { removeUnprintableNames, addPrintableNames, type IsPrintableName } from './printable-names.js'

/** The inputs for secrets, in the order of action.yml. The map and its errors have the same order. */
export const SOURCE_INPUTS = ['secrets', 'secret-envs', 'secret-files', 'secrets-file'] as const

/** The inputs that select names of a JSON or dotenv map, and turn them into keys. */
export const SELECTION_INPUTS = ['include', 'exclude', 'key-strip-prefix', 'key-case', 'key-prefix'] as const

/** The texts of these inputs; empty if the workflow does not set one. */
export type Sources = Readonly<
  Record<(typeof SOURCE_INPUTS)[number] | (typeof SELECTION_INPUTS)[number], string>
>

/** The environment in which the sources are read. */
export interface SourceContext extends EmptyMapRules {
  /** The environment variables of the step, for `secret-envs`. */
  readonly env: NodeJS.ProcessEnv
  /** The folder of relative paths in `secret-files` and `secrets-file`, which they must not leave. */
  readonly workspace: string
  /** The credentials of this run for the workspace. They are left out of a JSON or dotenv map. */
  readonly credentials: readonly SecretValue[]
  /** The limits of the target. */
  readonly limits: SecretLimits
  /** The tokens for GitHub's API, which are left out in the same way. Default: none. */
  readonly githubTokens?: readonly SecretValue[]
}

/** The map, its errors, and what the report says about it. */
export interface ReadMapResult extends Required<SourceResult> {
  /** The keys of names that the action left out of the map. Prune does not delete them. */
  readonly neverPruned: readonly string[]
  /** The keys whose values look encrypted or like a reference. They are written unchanged. */
  readonly unresolved: readonly string[]
}

const NOTHING_TO_SELECT =
  'applies only to the names of a JSON or dotenv map, but there is none. Remove it, or give such a map in secrets or ' +
  'secrets-file'

const UNUSED_PREFIX =
  'no key of the map begins with this prefix, and it is not added to the keys of lines. Write it at the start of these ' +
  'keys, or remove it'

/**
 * Reads all sources into one map and validates it. It returns the entries also after errors, so that their values can be
 * masked before the errors are printed.
 */
export function readSources(sources: Sources, context: SourceContext): ReadMapResult {
  const { env, workspace, githubTokens = [] } = context
  const credentials = [...context.credentials, ...githubTokens]
  const { secrets } = sources
  const isJson = isJsonMap(secrets)
  const lineSources = [
    readLinesMap(isJson ? '' : secrets, 'secrets'),
    readSecretEnvs(sources['secret-envs'], 'secret-envs', env),
    readSecretFiles(sources['secret-files'], 'secret-files', workspace, context.limits.maxValueBytes),
  ]
  const mapFile = sources['secrets-file'].trim()
  const documents = readDocuments(sources, workspace)
  const given = SOURCE_INPUTS.filter((input) => sources[input] !== '').map((input) => ({
    input,
    isBlank: sources[input].trim() === '',
    isDocument: input === 'secrets-file' ? mapFile !== '' : input === 'secrets' && isJson,
  }))
  const include = readNamePatterns(sources.include, 'include')
  const exclude = readNamePatterns(sources.exclude, 'exclude')
  const { naming, errors: namingErrors } = readKeyNaming(sources)
  const isIncludeGiven = include.patterns.length > 0 || include.errors.length > 0
  const selection = {
    include: isIncludeGiven ? include.patterns : undefined,
    exclude: exclude.patterns,
    naming,
  }
  const inputErrors = [
    ...checkDecoding(sources),
    ...[include.errors, exclude.errors, namingErrors].flat(),
    ...(documents.length === 0 ? unusedSelectionInputs(sources) : []),
  ]

  function assemble(isPrintableName: IsPrintableName): ReadMapResult {
    const selected = selectSecrets(addPrintableNames(documents, isPrintableName), selection, credentials)
    const all: SourceResult[] = [
      ...lineSources.map((source) => removeUnprintableNames(source, isPrintableName)),
      selected,
    ]
    const entries = sortByLocation(
      all.flatMap((source) => source.entries.map((entry) => withStoredKey(entry, context.limits))),
      ({ location }) => location,
    )
    const errors = [
      ...all.flatMap((source) => source.errors),
      ...inputErrors,
      ...validateMap(entries, credentials, context.limits),
      ...checkPrefix(entries, naming.prefix, secrets),
    ]
    for (const inputError of checkEmptySources(given, entries, errors, context)) errors.push(inputError)
    return {
      entries,
      // In the order of the workflow, whichever check found them.
      errors: sortByLocation(errors, (inputError) => inputError),
      onlyMasked: all.flatMap((source) => source.onlyMasked ?? []),
      omitted: selected.omitted,
      neverPruned: namesLeftOut(entries, documents, selected.omitted).map((name) => keyFor(name, naming)),
      unresolved: entries.filter(({ value }) => isUnresolved(value)).map(({ key }) => key),
    }
  }

  const map = assemble(() => false)
  if (map.errors.length === 0) return map
  // A second time, with names in the locations. Which names are safe to print depends on all values.
  const values = [...map.entries.map(({ value }) => value), ...map.onlyMasked, ...credentials]
  return assemble(createPrintableNameCheck(values))
}

/** Reads the JSON map of the input `secrets`, and the map of `secrets-file`. */
export function readDocuments(
  { secrets, 'secrets-file': mapFile }: Pick<Sources, 'secrets' | 'secrets-file'>,
  workspace: string,
): MapDocument[] {
  return [
    ...(isJsonMap(secrets) ? [readJsonMap(secrets, 'secrets')] : []),
    ...(mapFile.trim() === '' ? [] : [readMapFile(mapFile.trim(), 'secrets-file', workspace)]),
  ]
}

/** The entry with its key as the target stores it. */
export function withStoredKey(entry: SecretEntry, { keysInLowerCase }: SecretLimits): SecretEntry {
  const { key, uncased = key } = entry
  return keysInLowerCase === true ? { ...entry, key: key.toLowerCase(), uncased } : entry
}

/** The names of documents that the action itself left out of the map. Their keys must not be pruned. */
export function namesLeftOut(
  entries: readonly SecretEntry[],
  documents: readonly MapDocument[],
  omitted: readonly string[],
): string[] {
  const taken = new Set(entries.map(({ location }) => location))
  const jobTokens = documents
    .flatMap(({ members }) => members)
    .filter(({ name, location }) => name.toLowerCase() === 'github_token' && !taken.has(location))
  return [...omitted, ...jobTokens.map(({ name }) => name)]
}

/** Sorts by input, in the order of action.yml, and by line. */
function sortByLocation<T>(all: readonly T[], locationOf: (item: T) => InputLocation): T[] {
  const inputs: readonly string[] = [...SOURCE_INPUTS, ...SELECTION_INPUTS]
  const rank = ({ input }: InputLocation): number => inputs.indexOf(input)
  return [...all].sort(
    (a, b) => rank(locationOf(a)) - rank(locationOf(b)) || lineOf(locationOf(a)) - lineOf(locationOf(b)),
  )
}

function lineOf({ line = 0 }: InputLocation): number {
  return line
}

/** Refuses a prefix that no key has: with it, prune would delete the keys that it should keep. */
export function checkPrefix(entries: readonly SecretEntry[], prefix: string, secrets: string): InputError[] {
  const isUnused =
    entries.length > 0 && !entries.some(({ key }) => normalizeKey(key).startsWith(normalizeKey(prefix)))
  return isUnused ? [{ input: 'key-prefix', message: UNUSED_PREFIX, ...causeIfEmpty(secrets) }] : []
}

/** If `secrets` is empty, its document may not be visible to this job. */
function causeIfEmpty(secrets: string): Pick<InputError, 'cause'> {
  return secrets.trim() === '' ? { cause: 'not-visible' } : {}
}

/** Refuses selection inputs without effect. `key-prefix` always has one, because prune uses it. */
function unusedSelectionInputs(sources: Sources): InputError[] {
  return SELECTION_INPUTS.filter(
    (input) =>
      sources[input].trim() !== '' &&
      input !== 'key-prefix' &&
      !(input === 'key-case' && sources[input] === 'keep'),
  ).map((input) => ({ input, message: NOTHING_TO_SELECT, ...causeIfEmpty(sources.secrets) }))
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
