import type { InputError } from '../../secrets/input-error.js'
import { isKey, KEY_RULE, normalizeKey } from '../../secrets/key.js'
import { INPUTS } from '../input-definitions.js'
import { nearestNames } from '../nearest-names.js'
import { parseSchemaName } from '../schema.js'
import { replaceVariables, variableProblem, type ConfigVariables } from './config-variables.js'
import {
  configLocation,
  type ConfigEntry,
  type ConfigOption,
  type ConfigText,
  type TargetConfig,
} from './target-config.js'
import {
  concerns,
  ENTRY_FIELDS,
  FILE_FIELDS,
  FORMAT_VERSION,
  LONG_FORM_FIELDS,
  NOT_INHERITED,
  OPTION_FIELDS,
  PRIVILEGES,
  type TargetKind,
  type TargetOption,
} from './target-fields.js'
import { readYaml, type Position, type YamlMapping, type YamlNode, type YamlText } from './yaml-document.js'

/** What a config file says. */
export interface ConfigFile {
  /** The targets in the order of the file; empty after an error. */
  readonly targets: readonly TargetConfig[]
  /** All errors, in the order of the file. They quote nothing of it. */
  readonly errors: readonly InputError[]
  /** What has no effect, in the form of errors. */
  readonly notices: readonly InputError[]
  /** Where `envs` and `files` of all targets say that values are, also after errors. */
  readonly namedValues: readonly NamedValue[]
}

/** Where the value of an entry of `envs` or `files` is: the name of a variable, or a path. */
export interface NamedValue {
  readonly source: 'envs' | 'files'
  readonly from: string
}

/**
 * Reads the text of a config file, and finds all errors in it. It reads no other file and no variable, prints nothing, and
 * throws nothing.
 *
 * The values of options are not checked here: the readers of the inputs do that, with `optionText` and `locateInConfig`.
 *
 * @param variables The variables for the names of targets and principals.
 * @param inputText The text of an input of the step, which is inherited by the targets that it fits.
 */
export function readConfigFile(
  text: string,
  variables: ConfigVariables,
  inputText: (option: TargetOption) => string,
): ConfigFile {
  const { root, problems } = readYaml(text)
  if (problems.length > 0) {
    const errors = problems.map(({ message, ...position }) => ({ ...configLocation(position), message }))
    return { targets: [], errors, notices: [], namedValues: [] }
  }
  return new ConfigReader(variables, inputText).read(root)
}

const NO_TARGETS = 'scopes or schemas are expected, each a mapping from the names of targets to their fields'

const NOT_A_FILE = `the file must be a mapping with version and targets: ${NO_TARGETS}`

const NO_VERSION = `version is missing. Write version: ${FORMAT_VERSION} as the first line`

const WRONG_VERSION = `version must be ${FORMAT_VERSION}. A newer format needs a newer version of the action`

const STEP_INPUT = 'this is an input of the step, and no field of the file. Set it under with: of the step'

const OF_A_TARGET = 'this field belongs into a target, or into defaults for all targets'

const ENTRY_IN_DEFAULTS = 'defaults cannot name secrets. Write this field in each target'

const NOT_INHERITABLE = 'each target chooses its own secrets. Write this field in each target'

const SCHEMA_ONLY =
  'applies only to schemas. Secrets of a scope have no owner, comment or expiry of their own. Remove it'

const SCOPE_ONLY = 'applies only to scopes. Remove it from this schema'

const NO_EFFECT = 'has no effect, because the file has no target that it applies to'

const NO_VALUE = 'has no value. Write one, or remove the field'

const NO_COMMENT_IN_SCOPE = 'a secret of a scope has no comment. Remove it, or write the secret to a schema'

const NO_PERMISSIONS_IN_SCOPE =
  'a scope has the same permissions for all of its secrets. Write them in permissions of the target, or write the secret to a ' +
  'scope of its own or to a schema'

const NOTHING_TO_WRITE =
  'the target names no secret. Add secrets, files, envs or include. To only report the ages of keys, set max-age-days without ' +
  'prune'

const NO_INCLUDE = 'applies only to names that include selects. Add include, or remove it'

const NOT_A_SCHEMA =
  'the name of a schema must be catalog.schema. The two names cannot contain periods, slashes and spaces, also not in backticks'

const AMBIGUOUS =
  'outputs and messages name keys as target/key, and this name would mean both. Rename the scope, or write it in a step of its own'

const NO_NAME = 'the name of the target is empty'

const OWN_CREDENTIAL =
  'a variable of this name belongs to the runner or is a credential of this run, and must not be written as a secret. If it is ' +
  'meant, give the value another name under env: of the step'

const NOT_A_NAME = {
  secrets: 'write the name of a secret in the JSON or dotenv map, not its value',
  files: 'write the path of a file',
  envs: 'write the name of an environment variable of the step, not its value',
} as const

const NOT_A_PATTERN_LIST = 'must be a list of patterns, such as - REPORT_*'

const EMPTY_PATTERN =
  'a pattern of the list is empty or begins with a number sign, which would be ignored. Write a pattern, or remove it'

const NOT_PERMISSIONS = 'must be a mapping from principals to permissions, such as analysts: READ'

const NOT_A_PRINCIPAL =
  'the principal is empty, has several lines, or begins with a number sign. Write a user, a group or an application id'

const OPTIONS_FOR_REPORTS: readonly TargetOption[] = ['max-age-days', 'prune', 'create-scope', 'consumers']

/** The options that only change how names of the map become keys. */
const NAMING_OPTIONS: readonly TargetOption[] = ['exclude', 'key-strip-prefix', 'key-case']

/** After so many errors, unknown fields are no longer compared with known ones, which takes long. */
const MAX_ERRORS = 1_000

/** The longest text that is a name or a path. */
const MAX_FROM_LENGTH = 4_096

/** Misspelt fields that the distance of letters does not find. */
const MEANT: Readonly<Record<string, string>> = {
  env: 'envs',
  'secret-envs': 'envs',
  'secret-files': 'files',
  name: 'from',
  grants: 'permissions',
  acls: 'permissions',
}

/** The fields of a mapping that are known, by their names. */
type Fields<Name extends string> = ReadonlyMap<Name, { readonly key: YamlText; readonly value: YamlNode }>

type Options = ReadonlyMap<TargetOption, ConfigOption>

class ConfigReader {
  readonly #variables: ConfigVariables
  readonly #inputText: (option: TargetOption) => string
  readonly #errors = new Map<string, InputError>()
  readonly #used = new Set<string>()
  readonly #namedValues: NamedValue[] = []
  /** The normalized names of the scopes, and where they are. */
  readonly #scopes = new Map<string, Position>()

  constructor(variables: ConfigVariables, inputText: (option: TargetOption) => string) {
    this.#variables = variables
    this.#inputText = inputText
  }

  read(root: YamlNode | undefined): ConfigFile {
    const targets = this.#readFile(root)
    const errors = [...this.#errors.values()].sort(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    )
    const namedValues = this.#namedValues
    if (errors.length > 0) return { targets: [], errors, notices: [], namedValues }
    const notices = [...targets.notices, ...this.#unusedVariables()]
    return { targets: targets.targets, errors, notices, namedValues }
  }

  #readFile(root: YamlNode | undefined): { targets: TargetConfig[]; notices: InputError[] } {
    if (root?.kind !== 'mapping') {
      this.#add(root ?? { line: 1, column: 1 }, NOT_A_FILE)
      return { targets: [], notices: [] }
    }
    const fields = this.#fields(root, FILE_FIELDS, (name) =>
      OPTION_FIELDS.has(name as TargetOption) || isOneOf(ENTRY_FIELDS, name) ? OF_A_TARGET : undefined,
    )
    this.#readVersion(root, fields.get('version')?.value)
    const defaults = this.#readDefaults(fields.get('defaults'))
    if (!fields.has('scopes') && !fields.has('schemas'))
      this.#add(root, `${NO_TARGETS}. The file has neither`)
    const targets = [
      ...this.#readTargets('scope', fields.get('scopes'), defaults),
      ...this.#readTargets('schema', fields.get('schemas'), defaults),
    ]
    const notices = [...defaults].flatMap(([option, { position }]) =>
      position === undefined || targets.some(({ kind }) => concerns(option, kind))
        ? []
        : [{ ...configLocation(position), message: `${option}: ${NO_EFFECT}` }],
    )
    return { targets, notices }
  }

  #readVersion(root: YamlMapping, version: YamlNode | undefined): void {
    if (version === undefined) this.#add(root, NO_VERSION)
    else if (version.kind !== 'text' || version.text !== FORMAT_VERSION) this.#add(version, WRONG_VERSION)
  }

  #readDefaults(field: { key: YamlText; value: YamlNode } | undefined): Map<TargetOption, ConfigOption> {
    const mapping =
      field === undefined ? undefined : this.#mapping(field.value, 'defaults', 'options to their values')
    if (mapping === undefined) return new Map()
    const inheritable = [...OPTION_FIELDS.keys()].filter((option) => !NOT_INHERITED.includes(option))
    const fields = this.#fields(mapping, inheritable, (name) => {
      if (isOneOf(ENTRY_FIELDS, name)) return ENTRY_IN_DEFAULTS
      return isOneOf(NOT_INHERITED, name) ? NOT_INHERITABLE : undefined
    })
    return this.#readOptions(fields, 'defaults')
  }

  #readTargets(
    kind: TargetKind,
    field: { key: YamlText; value: YamlNode } | undefined,
    defaults: Options,
  ): TargetConfig[] {
    if (field === undefined) return []
    const mapping = this.#mapping(field.value, field.key.text, 'the names of targets to their fields')
    if (mapping === undefined) return []
    if (mapping.pairs.length === 0)
      this.#add(field.key, `${field.key.text} has no target. Add one, or remove the field`)
    const inherited = this.#inherited(kind, defaults)
    const first = new Map<string, Position>()
    return mapping.pairs.map(({ key, value }) => {
      const name = this.#readTargetName(kind, key, first)
      return this.#readTarget(kind, name, value, inherited)
    })
  }

  #readTargetName(kind: TargetKind, key: YamlText, first: Map<string, Position>): ConfigText {
    const name = { ...key, text: this.#replace(key)?.trim() ?? '' }
    if (name.text === '') {
      if (key.text.trim() === '') this.#add(key, NO_NAME)
      return name
    }
    const normalized = kind === 'schema' ? parseSchemaName(name.text) : name.text.toLowerCase()
    if (normalized === undefined) {
      this.#add(key, NOT_A_SCHEMA)
      return name
    }
    const earlier = first.get(normalized)
    if (earlier === undefined) first.set(normalized, key)
    else this.#add(key, `same target as in line ${earlier.line} (names are case-insensitive). Merge the two`)
    const scope = this.#scopes.get(normalized)
    if (kind === 'scope') this.#scopes.set(normalized, key)
    else if (scope !== undefined) this.#add(key, `same name as the scope in line ${scope.line}: ${AMBIGUOUS}`)
    return name
  }

  #readTarget(kind: TargetKind, name: ConfigText, value: YamlNode, inherited: Options): TargetConfig {
    const mapping = isMissing(value)
      ? emptyMapping(value)
      : this.#mapping(value, 'a target', 'fields to their values')
    const options = [...OPTION_FIELDS.keys()].filter((option) => concerns(option, kind))
    const fields = this.#fields(mapping ?? emptyMapping(value), [...ENTRY_FIELDS, ...options], (field) =>
      OPTION_FIELDS.has(field as TargetOption) ? (kind === 'scope' ? SCHEMA_ONLY : SCOPE_ONLY) : undefined,
    )
    const entries = Object.fromEntries(
      ENTRY_FIELDS.map((field) => [field, this.#readEntries(kind, field, fields.get(field))]),
    ) as Record<(typeof ENTRY_FIELDS)[number], ConfigEntry[]>
    this.#checkKeys(ENTRY_FIELDS.flatMap((field) => entries[field]))
    const own = this.#readOptions(fields, 'target')
    const merged = new Map([...inherited, ...own])
    if (mapping !== undefined) this.#checkSelection(name, fields, own, merged)
    return { kind, name, ...entries, options: merged }
  }

  /** What the targets of a kind have without options of their own: those of `defaults`, else those of the inputs. */
  #inherited(kind: TargetKind, defaults: Options): Options {
    const options = new Map<TargetOption, ConfigOption>()
    for (const [option, definition] of OPTION_FIELDS) {
      if (!concerns(option, kind)) continue
      const unset = { position: undefined, linePositions: [], source: 'input' } as const
      const candidates = [defaults.get(option), { ...unset, text: this.#inputText(option) }]
      const found = candidates.find((each) => each !== undefined && fits(option, each.text, kind))
      options.set(
        option,
        found === undefined || NOT_INHERITED.includes(option)
          ? { ...unset, text: String(definition.default ?? '') }
          : found,
      )
    }
    return options
  }

  /** A target must write something, and what only concerns names that `include` selects needs `include`. */
  #checkSelection(name: ConfigText, fields: Fields<string>, own: Options, merged: Options): void {
    if (!fields.has('include'))
      for (const option of NAMING_OPTIONS) {
        const position = own.get(option)?.position
        if (position !== undefined) this.#add(position, `${option}: ${NO_INCLUDE}`)
      }
    if (fields.has('include') || ENTRY_FIELDS.some((field) => fields.has(field))) return
    const reportsAges = merged.get('max-age-days')?.text !== ''
    const prunes = /^true$/i.test(merged.get('prune')?.text ?? '')
    const others = [...own.keys()].filter((option) => !OPTIONS_FOR_REPORTS.includes(option))
    if (!reportsAges || prunes || others.length > 0) this.#add(name, NOTHING_TO_WRITE)
  }

  #readEntries(
    kind: TargetKind,
    source: (typeof ENTRY_FIELDS)[number],
    field: { key: YamlText; value: YamlNode } | undefined,
  ): ConfigEntry[] {
    if (field === undefined) return []
    const mapping = this.#mapping(field.value, source, 'keys to names, such as blob: BLOB_KEY')
    if (mapping === undefined) return []
    if (mapping.pairs.length === 0) this.#add(field.key, `${source} is empty. Add a key, or remove the field`)
    return mapping.pairs.flatMap(({ key, value }) => {
      if (!isKey(key.text)) this.#add(key, `not a key: ${KEY_RULE}`)
      const entry = this.#readEntry(kind, source, value)
      return entry === undefined ? [] : [{ key, ...entry }]
    })
  }

  #readEntry(
    kind: TargetKind,
    source: (typeof ENTRY_FIELDS)[number],
    value: YamlNode,
  ): Omit<ConfigEntry, 'key'> | undefined {
    if (value.kind === 'text') {
      const from = this.#readFrom(source, value)
      return from === undefined ? undefined : { from, comment: undefined, permissions: undefined }
    }
    if (value.kind === 'list') {
      this.#add(value, `a list is not an entry: ${NOT_A_NAME[source]}`)
      return undefined
    }
    const fields = this.#fields(value, LONG_FORM_FIELDS)
    const [from, comment, permissions] = LONG_FORM_FIELDS.map((name) => fields.get(name))
    if (from === undefined) this.#add(value, `from is missing: ${NOT_A_NAME[source]}`)
    if (kind === 'scope') {
      if (comment !== undefined) this.#add(comment.key, NO_COMMENT_IN_SCOPE)
      if (permissions !== undefined) this.#add(permissions.key, NO_PERMISSIONS_IN_SCOPE)
    }
    const name = from === undefined ? undefined : this.#readFrom(source, from.value)
    const entry = {
      comment: comment === undefined ? undefined : this.#readText(comment.key, comment.value),
      permissions:
        permissions === undefined
          ? undefined
          : this.#readPermissions(permissions.key, permissions.value, 'target'),
    }
    return name === undefined ? undefined : { from: name, ...entry }
  }

  #readFrom(source: (typeof ENTRY_FIELDS)[number], value: YamlNode): ConfigText | undefined {
    const text = value.kind === 'text' ? value.text.trim() : ''
    if (text === '' || text.length > MAX_FROM_LENGTH || /\p{Cc}/u.test(text)) {
      this.#add(value, NOT_A_NAME[source])
      return undefined
    }
    const problem = variableProblem(text) ?? (source === 'envs' ? problemOfVariable(text) : undefined)
    if (problem !== undefined) this.#add(value, problem)
    if (source !== 'secrets') this.#namedValues.push({ source, from: text })
    return { text, line: value.line, column: value.column }
  }

  /** Refuses repeated keys in one target. Keys are case-insensitive. */
  #checkKeys(entries: readonly ConfigEntry[]): void {
    const first = new Map<string, Position>()
    for (const { key } of entries) {
      const earlier = first.get(normalizeKey(key.text))
      if (earlier === undefined) first.set(normalizeKey(key.text), key)
      else
        this.#add(
          key,
          `same key as in line ${earlier.line} (keys are case-insensitive). Remove or rename one`,
        )
    }
  }

  #readOptions(fields: Fields<string>, source: 'target' | 'defaults'): Map<TargetOption, ConfigOption> {
    const options = new Map<TargetOption, ConfigOption>()
    for (const [name, { form }] of OPTION_FIELDS) {
      const field = fields.get(name)
      if (field === undefined) continue
      const { key, value } = field
      const read =
        form === 'permissions'
          ? this.#readPermissions(key, value, source)
          : form === 'patterns'
            ? this.#readPatterns(key, value, source)
            : this.#readOption(key, value, source)
      if (read !== undefined) options.set(name, read)
    }
    return options
  }

  #readOption(key: YamlText, value: YamlNode, source: ConfigOption['source']): ConfigOption | undefined {
    const text = this.#readText(key, value)
    return text === undefined ? undefined : { text: text.text, position: text, linePositions: [], source }
  }

  #readText(key: YamlText, value: YamlNode): ConfigText | undefined {
    if (value.kind !== 'text') {
      this.#add(value, `${key.text} must be one text, without a list or fields`)
      return undefined
    }
    if (value.isMissing) {
      this.#add(key, `${key.text} ${NO_VALUE}`)
      return undefined
    }
    const problem = variableProblem(value.text)
    if (problem !== undefined) this.#add(value, problem)
    return value
  }

  /** Reads a list of patterns; a text of several lines, as in the input, is one too. */
  #readPatterns(key: YamlText, value: YamlNode, source: ConfigOption['source']): ConfigOption | undefined {
    const items =
      value.kind === 'list'
        ? value.items
        : value.kind === 'text' && value.text.trim() !== ''
          ? value.text.split('\n').flatMap((text) => (text.trim() === '' ? [] : [{ ...value, text }]))
          : undefined
    if (items === undefined) {
      this.#add(value.kind === 'text' ? key : value, `${key.text} ${NOT_A_PATTERN_LIST}`)
      return undefined
    }
    // An empty list would select everything.
    if (items.length === 0 && NOT_INHERITED.includes(key.text as TargetOption))
      this.#add(value, `${key.text} ${NO_VALUE}`)
    const texts = items.flatMap((item) => {
      const text = item.kind === 'text' ? item.text.trim() : ''
      const problem = variableProblem(text)
      if (text === '' || text.startsWith('#') || text.includes('\n')) this.#add(item, EMPTY_PATTERN)
      else if (problem !== undefined) this.#add(item, problem)
      return [{ text, line: item.line, column: item.column }]
    })
    return joinLines(texts, value, source)
  }

  #readPermissions(key: YamlText, value: YamlNode, source: ConfigOption['source']): ConfigOption | undefined {
    if (value.kind !== 'mapping') {
      this.#add(isMissing(value) ? key : value, `${key.text} ${NOT_PERMISSIONS}`)
      return undefined
    }
    const lines = value.pairs.map(({ key: principalKey, value: privileges }) => {
      const principal = this.#replace(principalKey)?.trim()
      if (principal === '' || principal?.startsWith('#') === true || principal?.includes('\n') === true)
        this.#add(principalKey, NOT_A_PRINCIPAL)
      const text = `${principal ?? ''}=${this.#readPrivileges(privileges).join(', ')}`
      return { text, line: principalKey.line, column: principalKey.column }
    })
    return joinLines(lines, value, source)
  }

  /** Reads one privilege, several with commas, or a list of them. */
  #readPrivileges(value: YamlNode): string[] {
    const items = value.kind === 'list' ? value.items : [value]
    const texts = items
      .flatMap((item) => (item.kind === 'text' ? item.text.split(',') : ''))
      .map((text) => text.trim())
    // An equals sign would move the end of the principal.
    if (texts.length === 0 || !texts.every((text) => /^[A-Za-z]+(?:[ _][A-Za-z]+)*$/.test(text)))
      this.#add(
        value,
        `not a permission. Write ${PRIVILEGES.scope.join(', ')} for a scope; one or a list of ${PRIVILEGES.schema.join(', ')} ` +
          'for a schema',
      )
    return texts
  }

  #replace(key: YamlText): string | undefined {
    const replaced = replaceVariables(key.text, this.#variables)
    if ('message' in replaced) {
      this.#add(key, replaced.message)
      return undefined
    }
    for (const name of replaced.used) this.#used.add(name)
    return replaced.text
  }

  #mapping(value: YamlNode, field: string, contents: string): YamlMapping | undefined {
    if (value.kind === 'mapping') return value
    this.#add(value, `${field} must be a mapping from ${contents}`)
    return undefined
  }

  /**
   * The known fields of a mapping. Every other one is an error.
   *
   * @param misplaced The error for a field that is known elsewhere.
   */
  #fields<Name extends string>(
    { pairs }: YamlMapping,
    known: readonly Name[],
    misplaced: (name: string) => string | undefined = () => undefined,
  ): Fields<Name> {
    const fields = new Map<Name, { key: YamlText; value: YamlNode }>()
    for (const pair of pairs) {
      const name = pair.key.text
      if (isOneOf(known, name)) fields.set(name, pair)
      else if (this.#errors.size < MAX_ERRORS)
        this.#add(pair.key, misplaced(name) ?? unknownField(name, known))
    }
    return fields
  }

  #unusedVariables(): InputError[] {
    return [...this.#variables]
      .filter(([name]) => !this.#used.has(name))
      .map(([, { location }]) => ({ ...location, message: 'the config file does not use this variable' }))
  }

  /** Adds an error. What an alias repeats has its errors once. */
  #add({ line, column }: Position, message: string): void {
    const location = configLocation({ line, column })
    this.#errors.set(JSON.stringify([line, column, message]), { ...location, message })
  }
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name)
}

function isMissing(value: YamlNode): boolean {
  return value.kind === 'text' && value.isMissing
}

function emptyMapping({ line, column }: Position): YamlMapping {
  return { kind: 'mapping', pairs: [], line, column }
}

/** It prints no unknown name, which may be a pasted value. */
function unknownField(name: string, known: readonly string[]): string {
  const lower = name.toLowerCase()
  const meant = MEANT[lower]
  const near = meant !== undefined && known.includes(meant) ? [meant] : nearestNames(lower, known)
  if (near.length > 0) return `unknown field. Did you mean ${near.join(' or ')}?`
  if (Object.hasOwn(INPUTS, lower) && !OPTION_FIELDS.has(lower as TargetOption)) return STEP_INPUT
  return `unknown field. The fields here are ${known.join(', ')}`
}

function joinLines(
  lines: readonly ConfigText[],
  position: Position,
  source: ConfigOption['source'],
): ConfigOption {
  return {
    text: lines.map(({ text }) => text).join('\n'),
    position: { line: position.line, column: position.column },
    linePositions: lines.map(({ line, column }) => ({ line, column })),
    source,
  }
}

/** Whether an inherited text fits a kind of target: not permissions that only the other kind has. */
function fits(option: TargetOption, text: string, kind: TargetKind): boolean {
  if (option !== 'permissions') return true
  const other = PRIVILEGES[kind === 'scope' ? 'schema' : 'scope']
  const privileges = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .flatMap((line) => line.slice(line.lastIndexOf('=') + 1).split(','))
    .map((privilege) => privilege.trim().replaceAll('_', ' '))
    // Privileges are case-insensitive, and permissions on scopes are not.
    .map((privilege) => (kind === 'scope' ? privilege.toUpperCase() : privilege))
  return privileges.length === 0 || !privileges.every((privilege) => other.includes(privilege))
}

/** Refuses variables of the runner, and those with credentials of this run. */
function problemOfVariable(name: string): string | undefined {
  const isOwn = /^(?:ACTIONS|INPUT|ARM)_|^DATABRICKS_.*(?:TOKEN|SECRET|PASSWORD)/i.test(name)
  return isOwn ? OWN_CREDENTIAL : undefined
}
