import type { InputError } from '../../secrets/input-error.js'
import { OPTION_FIELDS, type TargetKind, type TargetOption } from './target-fields.js'
import type { Position } from './yaml-document.js'

/** A text of the config file and its place. */
export interface ConfigText extends Position {
  readonly text: string
}

/** The text of an option, as its input has it, so that the readers of inputs can read it. */
export interface ConfigOption {
  /** A list has one item a line: a pattern, or `principal=privileges`. */
  readonly text: string
  /** Where it was written; undefined if it is the text of the input. */
  readonly position: Position | undefined
  /** The places of the lines of a list; empty for an option that is no list. */
  readonly linePositions: readonly Position[]
  /** Whether the target itself, `defaults` or the input has it. */
  readonly source: 'target' | 'defaults' | 'input'
}

/** A secret that a target names. */
export interface ConfigEntry {
  /** The key, taken literally: the rules for names do not apply to it. */
  readonly key: ConfigText
  /** In `secrets` a name of the JSON or dotenv map, in `files` a path, in `envs` the name of a variable. */
  readonly from: ConfigText
  /** Of the long form, for a schema only. */
  readonly comment: ConfigText | undefined
  /** Of the long form, for a schema only: the permissions on this secret. */
  readonly permissions: ConfigOption | undefined
}

/** A target of the config file. */
export interface TargetConfig {
  readonly kind: TargetKind
  /** The name, with its variables replaced. */
  readonly name: ConfigText
  readonly secrets: readonly ConfigEntry[]
  readonly files: readonly ConfigEntry[]
  readonly envs: readonly ConfigEntry[]
  /** Every option that concerns this kind of target, from the target, else from `defaults`, else from the input. */
  readonly options: ReadonlyMap<TargetOption, ConfigOption>
}

/**
 * The text of an option, to read in place of the input of this name. An option that does not concern this kind of target has
 * its default.
 */
export function optionText(target: TargetConfig, option: TargetOption): string {
  return target.options.get(option)?.text ?? String(OPTION_FIELDS.get(option)?.default ?? '')
}

/**
 * Gives an error the place of its option in the config file. The error of an option that the input has is unchanged, and so is
 * every other one.
 *
 * @param error The error of a reader of inputs: its `input` is an option, and its `line` a line of the option's text.
 */
export function locateInConfig(target: TargetConfig, error: InputError): InputError {
  const option = target.options.get(error.input as TargetOption)
  return option === undefined ? error : locateOption(option, error)
}

/** The same for an option that is not an option of the target: the permissions of an entry. */
export function locateOption(option: ConfigOption, error: InputError): InputError {
  const { input, line, message, ...rest } = error
  const position = (line === undefined ? undefined : option.linePositions[line - 1]) ?? option.position
  if (position === undefined) return error
  return { ...rest, ...configLocation(position), message: `${input}: ${message}` }
}

/** The largest size of a config file in bytes. */
export const MAX_CONFIG_BYTES = 1_048_576

/** The input that names the config file. */
const CONFIG_INPUT = 'config'

/** A place in the config file, as the location of an error. */
export function configLocation({ line, column }: Position): { input: string; line: number; column: number } {
  return { input: CONFIG_INPUT, line, column }
}
