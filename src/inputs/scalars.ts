import { formatNumber } from '../format-number.js'
import type { AuthSetting } from '../databricks/auth/auth-settings.js'
import type { InputProblem } from '../secrets/input-error.js'
import { INPUTS, type InputName, type InputsWith } from './input-definitions.js'
import type { InputErrors } from './input-errors.js'
import { stepInputs, type InputTexts } from './input-texts.js'

type Definition<Input extends InputName> = (typeof INPUTS)[Input]

/** Reads a boolean of YAML 1.2, like the runner. If the input is wrong, adds an error and returns the default. */
export function readBoolean(
  input: InputsWith<{ default: boolean }>,
  errors: InputErrors,
  texts: InputTexts = stepInputs,
): boolean {
  const text = texts(input).trim()
  if (['true', 'True', 'TRUE'].includes(text)) return true
  if (['false', 'False', 'FALSE'].includes(text)) return false
  errors.add(input, 'must be true or false', causeOf(text))
  return INPUTS[input].default
}

/** Reads one of the choices of an input. If the input is none of them, adds an error and returns the default. */
export function readChoice<Input extends InputsWith<{ choices: readonly string[] }>>(
  input: Input,
  errors: InputErrors,
  texts: InputTexts = stepInputs,
): Definition<Input>['choices'][number] | Definition<Input>['default'] {
  const definition: Definition<Input> = INPUTS[input]
  const choices: readonly string[] = definition.choices
  const text = texts(input).trim()
  if (choices.includes(text)) return text as Definition<Input>['choices'][number]
  errors.add(input, `must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`, causeOf(text))
  return definition['default']
}

/** An empty text may come from a variable that GitHub hides from this run. */
function causeOf(text: string): InputProblem['cause'] {
  return text === '' ? 'not-visible' : undefined
}

/**
 * Reads a number. An empty text means the default, because a variable of the repository that is not set gives one. If
 * the input is wrong, adds an error and returns the default.
 */
export function readNumber<Input extends InputsWith<{ min: number }>>(
  input: Input,
  errors: InputErrors,
  texts: InputTexts = stepInputs,
): number | Definition<Input>['default'] {
  const definition: Definition<Input> = INPUTS[input]
  const { min, max, orZero, decimals }: NumberBounds = definition
  const text = texts(input).trim()
  if (text === '') return definition['default']
  const number = (decimals === true ? /^\d+(\.\d+)?$/ : /^\d+$/).test(text) ? Number(text) : NaN
  if ((number >= min && number <= max) || (orZero === true && number === 0)) return number
  const kind = decimals === true ? 'number' : 'whole number'
  errors.add(
    input,
    `must be ${orZero === true ? '0 or ' : ''}a ${kind} from ${min} to ${formatNumber(max)}, in digits`,
  )
  return definition['default']
}

interface NumberBounds {
  readonly min: number
  readonly max: number
  readonly orZero?: true
  readonly decimals?: true
}

/** Reads an input or, if it is empty, its environment variable; undefined if both are empty. */
export function readSetting(
  env: NodeJS.ProcessEnv,
  input: InputsWith<{ variable: string }>,
): AuthSetting<string> | undefined {
  const value = stepInputs(input).trim()
  return value === '' ? readVariable(env, INPUTS[input].variable) : { value, source: input, from: 'input' }
}

/** Reads an environment variable; undefined if it is empty. */
export function readVariable(env: NodeJS.ProcessEnv, name: string): AuthSetting<string> | undefined {
  const value = env[name]?.trim() ?? ''
  return value === '' ? undefined : { value, source: name, from: 'variable' }
}
