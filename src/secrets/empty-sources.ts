import type { InputError, InputLocation } from './input-error.js'

/** An input that names secrets and has a text. */
export interface GivenSource {
  readonly input: string
  /** Whether the text is nothing but white space. */
  readonly isBlank: boolean
  /** Whether it is, or names, a JSON or dotenv document. */
  readonly isDocument: boolean
}

/** What an empty map would mean for a run. */
export interface EmptyMapRules {
  /**
   * Whether no map at all is none of the faults, as for a run that only reports; a map that comes to nothing always is.
   * Default: false.
   */
  readonly mayBeEmpty?: boolean
  /** Inputs of this run that cannot work without a map, so that it may not be empty all the same. Default: none. */
  readonly neededBy?: readonly string[]
  /** Whether keys that are not in the map are to be deleted. Default: false. */
  readonly prunes?: boolean
}

const EMPTY =
  'no secret is named, neither here nor in secret-envs, secret-files or secrets-file (what include and exclude leave ' +
  'out, github_token and the token of this run do not count). Give at least one line, such as ' +
  'key:= and the expression toJSON(secrets.NAME)'

const NOTHING_IN_OBJECT =
  'the JSON object holds no secret for the map (github_token, the credentials of this run, and what include and exclude ' +
  'leave out do not count). Check that the secrets are visible to this job: their names, its environment, and that the ' +
  'workflow does not run for a fork'

const NOTHING_IN_FILE =
  'the file holds no secret for the map (the credentials of this run, and what include and exclude leave out, do not ' +
  'count). Check the step that writes the file'

const NOTHING_TO_KEEP =
  'the input is given and names no secret, and prune would delete the keys that it should name. Check that its secrets ' +
  'and variables are visible to this job, or take the input out'

/**
 * Finds the sources that contribute nothing to the map, since a secret that GitHub does not show to a job looks like this.
 * A document has to contribute, whatever stands beside it, and with `prune` every input that is given: the keys that it
 * would name are deleted otherwise.
 *
 * @param given The inputs that have a text.
 * @param errors What else is wrong: an input that has an error of its own does not get another one.
 */
export function checkEmptySources(
  given: readonly GivenSource[],
  entries: readonly { readonly location: InputLocation }[],
  errors: readonly InputError[],
  { mayBeEmpty = false, neededBy = [], prunes = false }: EmptyMapRules,
): InputError[] {
  // Where a pattern matches nothing, that is the reason.
  if (errors.some(({ input }) => input === 'include' || input === 'exclude')) return []
  const told = new Set([...entries.map(({ location }) => location), ...errors].map(({ input }) => input))
  const found = given
    .filter(({ input, isDocument }) => !told.has(input) && (isDocument || (prunes && entries.length > 0)))
    .map(({ input, isDocument }) => notVisible(input, isDocument ? nothingIn(input) : NOTHING_TO_KEEP))
  if (entries.length + errors.length + found.length > 0) return found
  if (!mayBeEmpty || given.some(({ isBlank }) => !isBlank)) return [notVisible('secrets', EMPTY)]
  return neededBy.length > 0 ? [notVisible('secrets', neededMap(neededBy))] : []
}

function notVisible(input: string, message: string): InputError {
  return { input, message, cause: 'not-visible', kind: 'no-secrets' }
}

function nothingIn(input: string): string {
  return input === 'secrets' ? NOTHING_IN_OBJECT : NOTHING_IN_FILE
}

function neededMap(inputs: readonly string[]): string {
  const named = inputs.join(', ')
  return (
    `no secret is named, and ${named} cannot work without one. Check that the secrets are visible to this job; to report ` +
    `the ages of keys alone, take ${named} out`
  )
}
