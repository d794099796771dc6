import type { InputError } from '../../secrets/input-error.js'
import { readKeyNaming } from '../../secrets/key-naming.js'
import type { MapDocument } from '../../secrets/map-document.js'
import { readNamePatterns } from '../../secrets/name-patterns.js'
import type { Selection } from '../../secrets/select-secrets.js'
import { readDocuments } from '../../secrets/sources.js'
import { readTargetMap, type NamedSecret } from '../../secrets/target-map.js'
import { STORES } from '../../stores/store-definition.js'
import { InputErrors } from '../input-errors.js'
import { stepInputs, type InputTexts } from '../input-texts.js'
import { readPermissions } from '../permissions.js'
import { readStoreInputs } from '../store.js'
import { workspaceFolder } from '../secrets.js'
import { readSyncInputs } from '../sync.js'
import type { ReadTargets, TargetContext } from '../targets.js'
import { readConfigFile, type ConfigFile } from './config-file.js'
import { readConfigText } from './config-text.js'
import { readConfigVariables } from './config-variables.js'
import {
  CONFIG_INPUT,
  configLocation,
  locateInConfig,
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

const CONTAINS_CREDENTIAL =
  'the name of the target contains a credential of this run and would show it. Check the value of its variable'

/** Reads the targets of the config file, with their secrets, and adds all errors. */
export function readConfigTargets(context: TargetContext, errors: InputErrors): ReadTargets {
  const workspace = workspaceFolder(context.env)
  for (const [input, message] of Object.entries(REPLACED)) {
    if (stepInputs(input as keyof typeof REPLACED).trim() !== '')
      errors.add(input, `not used with config: ${message}`)
  }
  const secrets = stepInputs('secrets')
  const documents = readDocuments({ secrets, 'secrets-file': stepInputs('secrets-file') }, workspace)
  errors.addAll(documents.flatMap((document) => document.errors))
  const isOtherMap = secrets.trim() !== '' && documents.every(({ members }) => members.length === 0)
  const file = readFile(workspace, errors)
  const readsMap = file.targets.some(
    (target) => target.secrets.length > 0 || optionText(target, 'include').trim() !== '',
  )
  if (secrets.trim() !== '' && !secrets.trim().startsWith('{')) errors.add('secrets', NOT_A_MAP)
  else if (readsMap && documents.length === 0) errors.add('secrets', NO_MAP, 'not-visible')

  const hasDocumentErrors = documents.some((document) => document.errors.length > 0) || isOtherMap
  const results = file.targets.map((target) =>
    readTarget(target, hasDocumentErrors || (readsMap && documents.length === 0), documents, context, errors),
  )
  return {
    targets: results.map(({ target }) => target),
    values: [
      ...documents.flatMap(({ members, onlyMasked }) => [
        ...members.flatMap(({ value }) => (value === undefined ? [] : [{ value }])),
        ...onlyMasked.map((value) => ({ value })),
      ]),
      ...results.flatMap(({ map }) => [...map.entries, ...map.onlyMasked.map((value) => ({ value }))]),
    ],
    omitted: [...new Set(results.flatMap(({ map }) => map.omitted))],
    unresolved: results.flatMap(({ target, map }) =>
      map.unresolved.map((key) => `${target.store.name}/${key}`),
    ),
    notices: file.notices,
  }
}

function readFile(workspace: string, errors: InputErrors): ConfigFile {
  const { variables, errors: variableErrors } = readConfigVariables(stepInputs('config-variables'))
  errors.addAll(variableErrors)
  const { text, problem } = readConfigText(stepInputs(CONFIG_INPUT).trim(), workspace)
  if (problem !== undefined) {
    errors.addAll([{ input: CONFIG_INPUT, ...problem }])
    return { targets: [], errors: [], notices: [] }
  }
  const file = readConfigFile(text, variables, stepInputs)
  errors.addAll(file.errors)
  return file
}

function readTarget(
  config: TargetConfig,
  ignoresMap: boolean,
  documents: readonly MapDocument[],
  { env, credentials, githubTokens, containsCredential }: TargetContext,
  errors: InputErrors,
) {
  const own = new InputErrors()
  const texts: InputTexts = (input) => {
    if (input === config.kind) return config.name.text
    return OPTION_FIELDS.has(input as TargetOption) ? optionText(config, input as TargetOption) : ''
  }
  const store = readStoreInputs(texts, env, own)
  const options = readSyncInputs(texts, own)
  const permissions = readPermissions(texts, config.kind, containsCredential, own)
  const { limits } = STORES[store.kind]
  const named = ENTRY_FIELDS.flatMap((source) =>
    config[source].map(({ key, from }): NamedSecret => {
      return { key: key.text, source, from: from.text, location: configLocation(from) }
    }),
  ).filter(({ source }) => source !== 'secrets' || !ignoresMap)
  const map = readTargetMap(
    named,
    ignoresMap ? undefined : readSelection(texts, own),
    texts('key-prefix').trim(),
    {
      documents,
      env,
      workspace: workspaceFolder(env),
      credentials,
      githubTokens,
      limits,
      prunes: options.prune !== undefined,
    },
  )
  own.addAll(map.errors)
  if (containsCredential(config.name.text)) own.add(config.kind, CONTAINS_CREDENTIAL)
  errors.addAll(own.all.map((error) => locate(config, error)))
  return {
    target: { store, secrets: map.entries, neverPruned: map.neverPruned, permissions, options },
    map,
  }
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
