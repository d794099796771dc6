import type { InputError, InputLocation } from '../../secrets/input-error.js'

/** The variables for `${name}` in the config file. */
export type ConfigVariables = ReadonlyMap<string, ConfigVariable>

/** The value of a variable, and its line in the input. */
export interface ConfigVariable {
  readonly value: string
  readonly location: InputLocation
}

const INPUT = 'config-variables'

const NAME = '[A-Za-z_][A-Za-z0-9_-]*'

const EXPECTED =
  'not a variable. Write name=value; a name begins with a letter and has only letters, digits, hyphens and underscores'

const EMPTY =
  'the variable has no value. If an expression gives the value, check that it is set and visible to this job'

const NO_EXPRESSION =
  'GitHub does not evaluate expressions in this file. Use a variable of config-variables, and set its value in the workflow'

const NOT_A_VARIABLE =
  'a dollar sign and a brace begin a variable here. Write its name and the closing brace after it'

const UNKNOWN = 'config-variables has no variable of this name. Add it there, or correct the name'

/**
 * Reads the input `config-variables`: lines `name=value`. The value is everything after the first `=`. Blanks around both are
 * ignored. Empty lines and lines that start with `#` are skipped. A repeated name and an empty value are errors.
 */
export function readConfigVariables(text: string): {
  readonly variables: ConfigVariables
  readonly errors: readonly InputError[]
} {
  const variables = new Map<string, ConfigVariable>()
  const errors: InputError[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const location = { input: INPUT, line: index + 1 }
    const split = line.indexOf('=')
    const name = line.slice(0, Math.max(split, 0)).trim()
    const value = line.slice(split + 1).trim()
    const first = variables.get(name)
    if (!new RegExp(`^${NAME}$`).test(name)) errors.push({ ...location, message: EXPECTED })
    else if (first !== undefined)
      errors.push({
        ...location,
        message: `same variable as in line ${first.location.line ?? 0}. Remove one of them`,
      })
    else {
      if (value === '') errors.push({ ...location, message: EMPTY, cause: 'not-visible' })
      // Also after an error, so that the file has no second error about it.
      variables.set(name, { value, location })
    }
  }
  return { variables, errors }
}

/** A text with its variables replaced, or what is wrong with them. */
export type Replaced =
  { readonly text: string; readonly used: readonly string[] } | { readonly message: string }

/** Replaces `${name}`. A value that has the form of a variable is not replaced again. */
export function replaceVariables(text: string, variables: ConfigVariables): Replaced {
  if (text.includes('${{')) return { message: NO_EXPRESSION }
  const variable = new RegExp(`\\$\\{(${NAME})\\}`, 'g')
  if (text.replaceAll(variable, '').includes('${')) return { message: NOT_A_VARIABLE }
  const used = [...text.matchAll(variable)].map(([, name = '']) => name)
  if (used.some((name) => !variables.has(name))) return { message: UNKNOWN }
  return { text: text.replaceAll(variable, (_, name: string) => variables.get(name)?.value ?? ''), used }
}

/** Why a text has a variable or an expression that is not replaced; undefined if it has none. */
export function variableProblem(text: string): string | undefined {
  if (text.includes('${{')) return NO_EXPRESSION
  return text.includes('${')
    ? 'variables are replaced only in the names of targets and principals. Write the text itself'
    : undefined
}
