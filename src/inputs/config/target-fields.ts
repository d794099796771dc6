import { PERMISSIONS } from '../../databricks/permission.js'
import { SCHEMA_PRIVILEGES } from '../../stores/privileges.js'
import { INPUTS, type InputsWith } from '../input-definitions.js'

/** The kinds of targets. */
export type TargetKind = 'scope' | 'schema'

/** The privileges that `permissions` takes, by the kind of the target. */
export const PRIVILEGES: Readonly<Record<TargetKind, readonly string[]>> = {
  scope: PERMISSIONS,
  schema: SCHEMA_PRIVILEGES,
}

/** An option that concerns a target: a field of the config file, and an input of the same name. */
export type TargetOption = InputsWith<{ target: string }>

/** What the config file and its JSON Schema know of an option. */
export interface OptionField {
  readonly target: TargetKind | 'both'
  /** How it is written: one text, a list of patterns, or a mapping from principals to privileges. */
  readonly form: 'text' | 'patterns' | 'permissions'
  /** As in action.yml; undefined if there is none. */
  readonly default: string | number | boolean | undefined
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
}

type Definition = Omit<OptionField, 'form'>

const FORMS: Partial<Record<TargetOption, OptionField['form']>> = {
  include: 'patterns',
  exclude: 'patterns',
  'prune-exclude': 'patterns',
  permissions: 'permissions',
}

/** Every option of a target, in the order of action.yml. */
export const OPTION_FIELDS: ReadonlyMap<TargetOption, OptionField> = new Map(
  Object.entries<Partial<Definition>>(INPUTS).flatMap(([name, definition]) => {
    const option = name as TargetOption
    const { target } = definition
    if (target === undefined) return []
    return [[option, { default: undefined, ...definition, target, form: FORMS[option] ?? 'text' }] as const]
  }),
)

/** The fields of a target that name its secrets: a key and where its value comes from. */
export const ENTRY_FIELDS = ['secrets', 'files', 'envs'] as const

/** The fields of the long form of an entry. */
export const LONG_FORM_FIELDS = ['from', 'comment', 'permissions'] as const

/** The fields of the file. */
export const FILE_FIELDS = ['version', 'defaults', 'scopes', 'schemas'] as const

/** The only version of the format. */
export const FORMAT_VERSION = '1'

/** Whether an option concerns a kind of target. */
export function concerns(option: TargetOption, kind: TargetKind): boolean {
  const target = OPTION_FIELDS.get(option)?.target
  return target === 'both' || target === kind
}

/** The options that a target cannot inherit: it chooses its own secrets. */
export const NOT_INHERITED: readonly TargetOption[] = ['include']
