import { collectValues, type SecretValue } from '../../secret-value.js'
import type { InputError } from '../../secrets/input-error.js'
import { normalizeKey } from '../../secrets/key.js'
import { readKeyNaming } from '../../secrets/key-naming.js'
import type { MapDocument } from '../../secrets/map-document.js'
import { readNamePatterns } from '../../secrets/name-patterns.js'
import { createPrintableNameCheck } from '../../secrets/printable-name-check.js'
import { addPrintableNames } from '../../secrets/printable-names.js'
import { readEnvValue } from '../../secrets/secret-envs.js'
import { readFileValue } from '../../secrets/secret-files.js'
import type { Selection } from '../../secrets/select-secrets.js'
import { readDocuments, type ReadMapResult } from '../../secrets/sources.js'
import { readTargetMap, type NamedSecret } from '../../secrets/target-map.js'
import { checkValuesInKeys } from '../../secrets/validate-map.js'
import type { DesiredPermission } from '../../stores/permission-plan.js'
import { SCOPE_LIMITS } from '../../stores/scope.js'
import { STORES } from '../../stores/store-definition.js'
import { CONTAINS_CREDENTIAL as OPTION_CONTAINS_CREDENTIAL } from '../credential-check.js'
import { InputErrors } from '../input-errors.js'
import { stepInputs, type InputTexts } from '../input-texts.js'
import { readPermissionInputs, readPermissions } from '../permissions.js'
import { readStoreInputs } from '../store.js'
import { readValuesOfSources, workspaceFolder } from '../secrets.js'
import { readSyncInputs } from '../sync.js'
import type { ReadTargets, TargetContext } from '../targets.js'
import { readConfigFile, type ConfigFile } from './config-file.js'
import { readConfigText } from './config-text.js'
import { readConfigVariables } from './config-variables.js'
import {
  CONFIG_INPUT,
  configLocation,
  locateInConfig,
  locateOption,
  optionText,
  type TargetConfig,
} from './target-config.js'
import { ENTRY_FIELDS, OPTION_FIELDS, type TargetOption } from './target-fields.js'

/** The inputs that a config file replaces, and what to write in it instead. */
const REPLACED = {
  scope: 'write the scope under scopes in the config file, or remove the input config',
  schema: 'write the schema under schemas in the config file, or remove the input config',
  'secret-envs': 'write these secrets under envs of a target in the config file',
  'secret-files': 'write these secrets under files of a target in the config file',
  include: 'each target chooses its own secrets. Write include in a target of the config file',
} as const

const NOT_A_MAP =
  'with config, this must be a JSON object, because the config file has the keys. Write the expression toJSON(secrets), or ' +
  'name a file in secrets-file'

const NO_MAP =
  'the config file names secrets of the map of the step, but there is none. Write the expression toJSON(secrets), or name a ' +
  'file in secrets-file'

/** The options of a target that are sent to the workspace and may be printed. */
const PRINTED_OPTIONS = ['owner', 'comment', 'key-prefix'] as const

const CONTAINS_CREDENTIAL =
  'the name of the target contains a credential of this run and would show it. Check the value of its variable'

/** Reads the targets of the config file, with their secrets, and adds all errors. */
export function readConfigTargets(context: TargetContext, errors: InputErrors): ReadTargets {
  const workspace = workspaceFolder(context.env)
  const replaced = Object.entries(REPLACED).filter(
    ([input]) => stepInputs(input as keyof typeof REPLACED).trim() !== '',
  )
  for (const [input, message] of replaced)
    errors.addAll([{ input, message: `not used with config: ${message}`, kind: 'config-file' }])
  const secrets = stepInputs('secrets').trim()
  const isOtherMap = secrets !== '' && !secrets.startsWith('{')
  const documents = readDocuments(
    { secrets: stepInputs('secrets'), 'secrets-file': stepInputs('secrets-file') },
    workspace,
  )
  errors.addAll(documents.flatMap((document) => document.errors))
  const file = readFile(workspace, errors)
  const readsMap = file.targets.some(
    (target) => target.secrets.length > 0 || optionText(target, 'include').trim() !== '',
  )
  if (isOtherMap) errors.addAll([{ input: 'secrets', message: NOT_A_MAP, kind: 'config-file' }])
  else if (readsMap && documents.length === 0)
    errors.addAll([{ input: 'secrets', message: NO_MAP, cause: 'not-visible', kind: 'config-file' }])

  const somePermissions = file.targets.some(asksForPermissions)
  const isMapValid = !isOtherMap && documents.every((document) => document.errors.length === 0)
  const mapValues = documents.flatMap(({ members, onlyMasked }) => [
    ...members.flatMap(({ value }) => value ?? []),
    ...onlyMasked,
  ])
  const readAll = (from: readonly MapDocument[]): TargetReading[] =>
    file.targets.map((target) => readTarget(target, isMapValid ? from : undefined, context, somePermissions))
  const valuesOf = (results: readonly TargetReading[]): SecretValue[] => [
    ...mapValues,
    ...results.flatMap(({ map }) => [...map.entries.map(({ value }) => value), ...map.onlyMasked]),
  ]
  const credentials = [...context.credentials, ...context.githubTokens]
  let results = readAll(documents)
  const values = [...valuesOf(results), ...credentials]
  if (results.some((result) => result.errors.length > 0))
    // A second time, with names in the locations. Which names are safe to print depends on all values.
    results = readAll(addPrintableNames(documents, createPrintableNameCheck(values)))
  const all = results.flatMap(({ map }) => map.entries)
  errors.addAll(
    withoutRepeats([...results.flatMap((result) => result.errors), ...checkValuesInKeys(all, values)]),
  )
  return {
    targets: results.map(({ target }) => target),
    values: [
      ...mapValues.map((value) => ({ value })),
      ...results.flatMap(({ map }) => [...map.entries, ...map.onlyMasked.map((value) => ({ value }))]),
      // They are not read otherwise.
      ...(isOtherMap || replaced.length > 0
        ? readValuesOfSources(context.env).map((value) => ({ value }))
        : []),
      ...(file.errors.length > 0 ? valuesNamedIn(file, context.env).map((value) => ({ value })) : []),
    ],
    omitted: [...new Set(results.flatMap(({ map }) => map.omitted))],
    unresolved: results.flatMap(({ target, map }) =>
      map.unresolved.map((key) => `${target.store.name}/${key}`),
    ),
    notices: file.notices,
  }
}

/**
 * Reads only the values that the config file names in `envs` and `files`, for their masks, after the inputs could not be
 * read.
 *
 * @throws {Error} if the file cannot be read either.
 */
export function readValuesOfConfig(env: NodeJS.ProcessEnv): readonly SecretValue[] {
  return valuesNamedIn(readFile(workspaceFolder(env), new InputErrors()), env)
}

/** Reads each value on its own, so that an error in one does not hide the others. Throws nothing. */
function valuesNamedIn({ namedValues }: ConfigFile, env: NodeJS.ProcessEnv): readonly SecretValue[] {
  const workspace = workspaceFolder(env)
  return namedValues.flatMap(({ source, from }) =>
    collectValues(() =>
      source === 'envs'
        ? readEnvValue(from, env)
        : readFileValue(from, workspace, SCOPE_LIMITS.maxValueBytes),
    ),
  )
}

/** Removes repeated errors: several targets may read the same secret, or inherit the same option. */
function withoutRepeats(errors: readonly InputError[]): InputError[] {
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()]
}

function readFile(workspace: string, errors: InputErrors): ConfigFile {
  const { variables, errors: variableErrors } = readConfigVariables(stepInputs('config-variables'))
  errors.addAll(variableErrors)
  const { text, problem } = readConfigText(stepInputs(CONFIG_INPUT).trim(), workspace)
  if (problem !== undefined) {
    errors.addAll([{ input: CONFIG_INPUT, ...problem }])
    return { targets: [], errors: [], notices: [], namedValues: [] }
  }
  const file = readConfigFile(text, variables, stepInputs)
  errors.addAll(file.errors)
  return file
}

/** Whether a target has permissions, of its own or inherited, or one of its secrets has. */
function asksForPermissions(config: TargetConfig): boolean {
  const entries = ENTRY_FIELDS.flatMap((source) => config[source])
  return (
    optionText(config, 'permissions').trim() !== '' ||
    entries.some(({ permissions }) => permissions !== undefined)
  )
}

/** A target of the file, and its errors. */
interface TargetReading {
  readonly target: ReadTargets['targets'][number]
  readonly map: ReadMapResult
  readonly errors: readonly InputError[]
}

/**
 * @param documents The map of the step; undefined after an error in it.
 * @param somePermissions Whether any target of the file has permissions.
 */
function readTarget(
  config: TargetConfig,
  documents: readonly MapDocument[] | undefined,
  { env, credentials, githubTokens, containsCredential }: TargetContext,
  somePermissions: boolean,
): TargetReading {
  const own = new InputErrors()
  // What a target inherits applies to its permissions, if it has any.
  const isExactElsewhere =
    somePermissions &&
    !asksForPermissions(config) &&
    config.options.get('permissions-exact')?.source !== 'target'
  const texts: InputTexts = (input) => {
    if (input === config.kind) return config.name.text
    if (input === 'permissions-exact' && isExactElsewhere) return 'false'
    return OPTION_FIELDS.has(input as TargetOption) ? optionText(config, input as TargetOption) : ''
  }
  const entries = ENTRY_FIELDS.flatMap((source) => config[source])
  const ofSecrets = new Map<string, readonly DesiredPermission[]>()
  const comments = new Map<string, string>()
  for (const { key, comment, permissions: option } of entries) {
    const name = normalizeKey(key.text)
    if (comment !== undefined) comments.set(name, comment.text.trim())
    if (comment !== undefined && containsCredential(comment.text))
      own.addAll([{ ...configLocation(comment), message: `comment: ${OPTION_CONTAINS_CREDENTIAL}` }])
    if (option === undefined) continue
    const found = new InputErrors()
    const lines = readPermissionInputs(option.text, 'secret', containsCredential, found)
    own.addAll(found.all.map((error) => locateOption(option, error)))
    if (lines.length > 0) ofSecrets.set(name, lines)
  }
  const desired = readStoreInputs(texts, env, own)
  const store = desired.kind === 'schema' ? { ...desired, comments } : desired
  const options = readSyncInputs(texts, own)
  const permissions = {
    ...readPermissions(texts, config.kind, containsCredential, own, ofSecrets.size > 0),
    ofSecrets,
  }
  const { limits } = STORES[store.kind]
  const named = ENTRY_FIELDS.flatMap((source) =>
    config[source].map(({ key, from }): NamedSecret => {
      return { key: key.text, source, from: from.text, location: configLocation(from) }
    }),
  ).filter(({ source }) => source !== 'secrets' || isGiven(documents))
  const selection = readSelection(texts, own)
  const map = readTargetMap(named, isGiven(documents) ? selection : undefined, texts('key-prefix').trim(), {
    documents: documents ?? [],
    env,
    workspace: workspaceFolder(env),
    credentials,
    githubTokens,
    limits,
    prunes: options.prune !== undefined,
  })
  own.addAll(map.errors)
  if (containsCredential(config.name.text)) own.add(config.kind, CONTAINS_CREDENTIAL)
  for (const option of PRINTED_OPTIONS)
    if (containsCredential(texts(option))) own.add(option, OPTION_CONTAINS_CREDENTIAL)
  return {
    target: { store, secrets: map.entries, neverPruned: map.neverPruned, permissions, options },
    map,
    errors: own.all.map((error) => locate(config, error)),
  }
}

/** Whether the step has a map without errors. Otherwise, each name of the file would have an error that follows from it. */
function isGiven(documents: readonly MapDocument[] | undefined): boolean {
  return documents !== undefined && documents.length > 0
}

/** Which names of the map a target selects by pattern; undefined for none. */
function readSelection(texts: InputTexts, errors: InputErrors): Selection | undefined {
  const include = readNamePatterns(texts('include'), 'include')
  const exclude = readNamePatterns(texts('exclude'), 'exclude')
  const { naming, errors: namingErrors } = readKeyNaming({
    'key-strip-prefix': texts('key-strip-prefix').trim(),
    'key-case': texts('key-case').trim(),
    'key-prefix': texts('key-prefix').trim(),
  })
  errors.addAll([...include.errors, ...exclude.errors, ...namingErrors])
  if (include.patterns.length === 0) return undefined
  return { include: include.patterns, exclude: exclude.patterns, naming }
}

/** Gives an error of a target its place in the config file. An error of the map keeps the place in the map. */
function locate(config: TargetConfig, error: InputError): InputError {
  if (error.input === config.kind) return { ...error, ...configLocation(config.name) }
  return locateInConfig(config, error)
}
