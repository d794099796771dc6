import type { InputError, InputLocation } from './input-error.js'

/** An input for secrets that has a text. */
export interface GivenSource {
  readonly input: string
  /** Whether the text is only white space. */
  readonly isBlank: boolean
  /** Whether the input contains or names a JSON or dotenv document. */
  readonly isDocument: boolean
}

/** Whether a run accepts an empty map. */
export interface EmptyMapRules {
  /**
   * Whether all inputs for secrets may be empty, as in a run that only reports. If an input is given, the map must not be
   * empty. Default: false.
   */
  readonly mayBeEmpty?: boolean
  /** Inputs of this run that require a map, also if `mayBeEmpty` is set. Default: none. */
  readonly neededBy?: readonly string[]
  /** Whether the run deletes keys that are not in the map. Default: false. */
  readonly prunes?: boolean
}

const EMPTY =
  'no secret is named, neither here nor in secret-envs, secret-files or secrets-file. Give at least one line, such as key:= ' +
  'and the expression toJSON(secrets.NAME). If one of these inputs has an expression, check that its secret is visible to ' +
  'this job'

const NOTHING_IN_OBJECT =
  'the JSON object contains no secret for the map (github_token, the credentials of this run, and names that include or ' +
  'exclude leave out do not count). Check that the secrets are visible to this job: their names, its environment, and that the ' +
  'workflow does not run for a fork'

const NOTHING_IN_FILE =
  'the file contains no secret for the map (the credentials of this run, and names that include or exclude leave out do ' +
  'not count). Check the step that writes the file'

const NOTHING_IN_INPUT =
  'the input names no secret, so prune would delete the keys that it should name. Check that its secrets and variables ' +
  'are visible to this job, or remove the input'

/**
 * Finds the sources that add nothing to the map, because a secret that is not visible to the job looks like this. A
 * document must add something. With `prune`, every given input must, or the keys that it should name are deleted.
 *
 * @param given The inputs that have a text.
 * @param errors The other errors. An input that has one does not get another.
 */
export function checkEmptySources(
  given: readonly GivenSource[],
  entries: readonly { readonly location: InputLocation }[],
  errors: readonly InputError[],
  { mayBeEmpty = false, neededBy = [], prunes = false }: EmptyMapRules,
): InputError[] {
  // An error of a pattern is the reason for the empty map.
  if (errors.some(({ input }) => input === 'include' || input === 'exclude')) return []
  const mentioned = new Set([...entries.map(({ location }) => location), ...errors].map(({ input }) => input))
  const found = given
    .filter(
      ({ input, isDocument }) => !mentioned.has(input) && (isDocument || (prunes && entries.length > 0)),
    )
    .map(({ input, isDocument }) => notVisible(input, isDocument ? nothingIn(input) : NOTHING_IN_INPUT))
  if (entries.length + errors.length + found.length > 0) return found
  if (!mayBeEmpty || given.some(({ isBlank }) => !isBlank)) return [notVisible('secrets', EMPTY)]
  return neededBy.length > 0 ? [notVisible('secrets', requiredBy(neededBy))] : []
}

function notVisible(input: string, message: string): InputError {
  return { input, message, cause: 'not-visible', kind: 'no-secrets' }
}

function nothingIn(input: string): string {
  return input === 'secrets' ? NOTHING_IN_OBJECT : NOTHING_IN_FILE
}

function requiredBy(inputs: readonly string[]): string {
  const named = inputs.join(', ')
  return (
    `no secret is named, and ${named} cannot work without one. Check that the secrets are visible to this job. To report ` +
    `only the ages of keys, remove ${named}`
  )
}
