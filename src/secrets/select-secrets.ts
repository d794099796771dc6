import type { InputProblem } from './input-error.js'
import type { SecretValue } from '../secret-value.js'
import { formatNumber } from '../format-number.js'
import { isKey, KEY_RULE } from './key.js'
import { hasStripPrefix, keyFor, type KeyNaming } from './key-naming.js'
import type { MapDocument, MapMember } from './map-document.js'
import type { NamePattern } from './name-patterns.js'
import type { SourceResult, SecretEntry } from './secret-map.js'

/** Which members of the documents become secrets of the map, and under which keys. */
export interface Selection {
  /** Patterns over names; undefined where the input is not given, which takes all. */
  readonly include: readonly NamePattern[] | undefined
  /** Patterns over names; they win over `include`. */
  readonly exclude: readonly NamePattern[]
  readonly naming: KeyNaming
}

const REPEATED = 'this name stands in the map more than once'

const NOT_A_NAME = `this name cannot be a key: ${KEY_RULE}`

const NOTHING_LEFT =
  'nothing is left of the name after key-strip-prefix and key-case. Correct key-strip-prefix, or leave the name out with ' +
  'exclude'

const TOO_LONG = `this name makes no key with key-strip-prefix, key-case and key-prefix, since it becomes too long: ${KEY_RULE}`

/** A pattern that was spelled wrong copies what it should keep back, or keeps back what it should copy. */
const NO_MATCH =
  'the pattern matches no name of the map. Check how it is spelled, and that this job (its environment, a fork) gets the ' +
  'secrets it is for'

const NO_PREFIX = 'no name that is taken from the map begins with this. Correct it, or take it out'

/**
 * Makes the map of what JSON and dotenv documents hold, in their order.
 *
 * The input `secrets` may be the whole secrets context of GitHub, which has the token of the job as `github_token`, in
 * capitals on other runners. It needs `include`, so that nobody copies every credential of a repository by omission, and
 * the token is left out. So is a member, of any document, whose value is one of this run's own credentials: nobody means
 * to hand these to everybody who can read the scope.
 *
 * What is left out by a pattern is not checked: only a name that stands in a document twice is a fault all the same.
 *
 * @param credentials What this run signs in with, at the workspace and at GitHub.
 */
export function selectSecrets(
  documents: readonly MapDocument[],
  { include, exclude, naming }: Selection,
  credentials: readonly SecretValue[],
): Required<SourceResult> {
  const entries: SecretEntry[] = []
  const errors = documents.flatMap((document) => document.errors)
  const discarded = documents.flatMap((document) => document.discarded)
  const omitted: string[] = []
  const isWhole = documents.length > 0 && errors.length === 0
  const members = documents.flatMap((document) => document.members)
  const repeats = new Set(documents.flatMap((document) => repeatsIn(document.members)))
  const withoutInclude = include === undefined ? contextOf(members) : []
  if (withoutInclude.length > 0) {
    errors.push({ input: 'secrets', message: wholeContext(withoutInclude.length), kind: 'name-selection' })
  }
  const chosen = new Set(
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
      : chosen.has(member) && !isTokenOfJob(member)
        ? problemOf(member, naming)
        : undefined
    if (problem !== undefined) errors.push({ ...location, ...problem })
    if (value === undefined) continue
    if (problem !== undefined || !chosen.has(member)) discarded.push(value)
    else if (isTokenOfJob(member) || credentials.some((credential) => value.equals(credential))) {
      omitted.push(name)
      if (isTokenOfJob(member)) discarded.push(value)
    } else {
      const uncased = keyFor(name, { ...naming, case: 'keep' })
      entries.push({ key: keyFor(name, naming), uncased, value, location })
    }
  }

  // Of a document that is broken, the names that could be read say nothing about what is to match them.
  if (isWhole) {
    // Also where there are other names: GitHub gives a run of Dependabot the secrets of Dependabot.
    const cause = 'not-visible'
    for (const { matches, location } of [...(include ?? []), ...exclude]) {
      if (!members.some(({ name }) => matches(name))) errors.push({ ...location, message: NO_MATCH, cause })
    }
    const isIdle = chosen.size > 0 && ![...chosen].some(({ name }) => hasStripPrefix(name, naming))
    if (isIdle) errors.push({ input: 'key-strip-prefix', message: NO_PREFIX, cause })
  }
  return { entries, errors, discarded, omitted }
}

/** Whether this is the token that GitHub gives each job, among the secrets context. */
function isTokenOfJob({ name, location }: MapMember): boolean {
  return location.input === 'secrets' && name.toLowerCase() === 'github_token'
}

/** The members of the whole secrets context but for the token of the job; none where the input is no such context. */
function contextOf(members: readonly MapMember[]): MapMember[] {
  const ofInput = members.filter(({ location }) => location.input === 'secrets')
  const others = ofInput.filter((member) => !isTokenOfJob(member))
  return others.length === ofInput.length ? [] : others
}

function wholeContext(count: number): string {
  const names = count === 1 ? '1 name' : `${formatNumber(count)} names`
  return (
    `this is the whole secrets context, with ${names} besides the token of this job, and include is not set. Name what is ` +
    'to be copied in include, one pattern a line, such as PROD_*. The pattern * copies all of them'
  )
}

/** The members whose names stand before them already. */
function repeatsIn(members: readonly MapMember[]): MapMember[] {
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
  const key = keyFor(name, naming)
  if (key === '') return { message: NOTHING_LEFT, kind: 'invalid-key' }
  return isKey(key) ? undefined : { message: TOO_LONG, kind: 'invalid-key' }
}
