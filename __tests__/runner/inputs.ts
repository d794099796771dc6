import type { ActionMetadata } from './action-metadata.js'
import type { JobLog } from './job-log.js'

/**
 * What the action gets: the step's own inputs first, then the declared ones that it leaves out with their defaults, as
 * `ActionRunner` of actions/runner does. Names are compared without regard to case. A required input that is missing is
 * the action's business, not the runner's.
 * @param github the values of `github.*` that expressions in defaults may name
 * @throws Error on any other expression in a default
 */
export function resolveInputs(
  given: Readonly<Record<string, string>>,
  { inputs }: ActionMetadata,
  github: (name: string) => string | undefined,
): Record<string, string> {
  const names = lowerCaseNames(Object.keys(given))
  const defaults = inputs.filter(({ name }) => !names.has(name.toLowerCase()))
  return {
    ...given,
    ...Object.fromEntries(defaults.map((input) => [input.name, evaluate(input.default, github)])),
  }
}

/** Gives the runner's warnings on the step's inputs: those that are deprecated, and those that are not declared. */
export function warnOfInputs(
  given: Readonly<Record<string, string>>,
  { inputs }: ActionMetadata,
  log: JobLog,
): void {
  const names = lowerCaseNames(Object.keys(given))
  for (const { name, deprecationMessage } of inputs) {
    if (deprecationMessage !== undefined && names.has(name.toLowerCase())) {
      log.issue('warning', `Input '${name}' has been deprecated with message: ${deprecationMessage}`)
    }
  }
  const declared = inputs.map(({ name }) => name)
  const valid = lowerCaseNames(declared)
  const unexpected = Object.keys(given).filter((name) => !valid.has(name.toLowerCase()))
  if (unexpected.length > 0) {
    log.issue('warning', `Unexpected input(s) ${quoted(unexpected)}, valid inputs are [${quoted(declared)}]`)
  }
}

/** The variable by which the toolkit finds an input: upper case, blanks become `_`, hyphens stay. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}

function lowerCaseNames(names: string[]): Set<string> {
  return new Set(names.map((name) => name.toLowerCase()))
}

function quoted(names: string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}

function evaluate(text: string, github: (name: string) => string | undefined): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (expression, body: string) => {
    const [, name] = /^\s*github\.(\w+)\s*$/.exec(body) ?? []
    const value = name === undefined ? undefined : github(name)
    if (value === undefined) throw new Error(`The runner harness cannot evaluate ${expression} in a default.`)
    return value
  })
}
