import type { InputProblem } from './input-error.js'
import type { SecretValue } from '../secret-value.js'
import { formatNumber } from '../format-number.js'
import { isKey, KEY_RULE } from './key.js'
import { hasStripPrefix, keyFor, type KeyNaming } from './key-naming.js'
import type { MapDocument, MapMember } from './map-document.js'
import type { NamePattern } from './name-patterns.js'
import type { SourceResult, SecretEntry } from './secret-map.js'

/** Which members of the documents become secrets of the map, and with which keys. */
export interface Selection {
  /** Patterns for names; undefined selects all. */
  readonly include: readonly NamePattern[] | undefined
  /** Patterns for names; they take precedence over `include`. */
  readonly exclude: readonly NamePattern[]
  readonly naming: KeyNaming
}

/** The error for a name that the map repeats. */
export const REPEATED = 'the map contains this name more than once. Remove the repeats'

const NOT_A_NAME = `this name cannot be a key. Rename it, or leave it out with exclude; ${KEY_RULE}`

const NOTHING_LEFT =
  'nothing is left of the name after key-strip-prefix and key-case. Correct key-strip-prefix, or leave the name out with ' +
  'exclude'

const NO_MATCH =
  'the pattern matches no name of the map. Check its spelling, and that its secrets are visible to this job: the ' +
  'environment of the job, and that the workflow does not run for a fork'

const NO_PREFIX = 'no selected name of the map begins with this prefix. Correct it, or remove it'

/**
 * Selects the secrets of the map from JSON and dotenv documents, in their order.
 *
 * The input `secrets` may be the whole secrets context of GitHub. It contains the token of the job as `github_token` (in
 * capitals on other runners), which is left out. The whole context requires `include`, so that nobody copies all
 * credentials of a repository by accident. A member whose value is a credential of this run is left out too, because
 * everyone who can read the scope could use it.
 *
 * Members that a pattern leaves out are not validated, but repeated names are errors in any case.
 *
 * @param credentials The credentials of this run, for the workspace and for GitHub.
 */
export function selectSecrets(
  documents: readonly MapDocument[],
  { include, exclude, naming }: Selection,
  credentials: readonly SecretValue[],
): Required<SourceResult> {
  const entries: SecretEntry[] = []
  const errors = documents.flatMap((document) => document.errors)
  const onlyMasked = documents.flatMap((document) => document.onlyMasked)
  const omitted: string[] = []
  const areDocumentsValid = documents.length > 0 && errors.length === 0
  const members = documents.flatMap((document) => document.members)
  const repeats = new Set(documents.flatMap((document) => repeatsIn(document.members)))
  const withoutInclude = include === undefined ? secretsContextOf(members) : []
  if (withoutInclude.length > 0) {
    errors.push({ input: 'secrets', message: wholeContext(withoutInclude.length), kind: 'name-selection' })
  }
  const selected = new Set(
    members.filter(
      ({ name }) =>
        withoutInclude.length === 0 &&
        (include === undefined || include.some(({ matches }) => matches(name))) &&
        !exclude.some(({ matches }) => matches(name)),
    ),
  )

  for (const member of members) {
    const { name, value, location } = member
    const problem = repeats.has(member)
      ? { message: REPEATED, kind: 'invalid-json' as const }
      : selected.has(member) && !isJobToken(member)
        ? problemOf(member, naming)
        : undefined
    if (problem !== undefined) errors.push({ ...location, ...problem })
    if (value === undefined) continue
    if (problem !== undefined || !selected.has(member)) onlyMasked.push(value)
    else if (isJobToken(member) || credentials.some((credential) => value.equals(credential))) {
      omitted.push(name)
      if (isJobToken(member)) onlyMasked.push(value)
    } else {
      const uncased = keyFor(name, { ...naming, case: 'keep' })
      const followsKeyCase = !naming.prefix.includes('.') && { followsKeyCase: true as const }
      entries.push({ key: keyFor(name, naming), uncased, ...followsKeyCase, value, location })
    }
  }

  // After an error in a document, some of its names are unknown, and a pattern may match one of those.
  if (areDocumentsValid) {
    // Also if there are other names: a run of Dependabot gets only the secrets of Dependabot.
    const cause = 'not-visible'
    for (const { matches, location } of [...(include ?? []), ...exclude]) {
      if (!members.some(({ name }) => matches(name))) errors.push({ ...location, message: NO_MATCH, cause })
    }
    const isPrefixUnused =
      selected.size > 0 && ![...selected].some(({ name }) => hasStripPrefix(name, naming))
    if (isPrefixUnused) errors.push({ input: 'key-strip-prefix', message: NO_PREFIX, cause })
  }
  return { entries, errors, onlyMasked, omitted }
}

/** Whether this is the token of the job in the secrets context. */
export function isJobToken({ name, location }: MapMember): boolean {
  return location.input === 'secrets' && name.toLowerCase() === 'github_token'
}

/** The members of the whole secrets context without the token of the job; empty if the input is not that context. */
function secretsContextOf(members: readonly MapMember[]): MapMember[] {
  const inputMembers = members.filter(({ location }) => location.input === 'secrets')
  const others = inputMembers.filter((member) => !isJobToken(member))
  return others.length === inputMembers.length ? [] : others
}

function wholeContext(count: number): string {
  const names = count === 1 ? '1 name' : `${formatNumber(count)} names`
  return (
    `this is the whole secrets context, with ${names} and the token of this job, but include is not set. Name the secrets ` +
    'to copy in include, one pattern per line, such as PROD_*. The pattern * copies all of them'
  )
}

/** The members that repeat the name of an earlier member. */
export function repeatsIn(members: readonly MapMember[]): MapMember[] {
  const seen = new Set<string>()
  return members.filter(({ name }) => {
    const isRepeat = seen.has(name)
    seen.add(name)
    return isRepeat
  })
}

function problemOf({ name, problem }: MapMember, naming: KeyNaming): InputProblem | undefined {
  if (problem !== undefined) return problem
  if (!isKey(name)) return { message: NOT_A_NAME, kind: 'invalid-key' }
  return keyFor(name, naming) === '' ? { message: NOTHING_LEFT, kind: 'invalid-key' } : undefined
}
