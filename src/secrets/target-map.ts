import type { SecretValue } from '../secret-value.js'
import type { InputError, InputLocation } from './input-error.js'
import { keyFor } from './key-naming.js'
import type { MapDocument, MapMember } from './map-document.js'
import { isUnresolved } from './placeholders.js'
import { readEnvValue } from './secret-envs.js'
import { readFileValue } from './secret-files.js'
import type { SecretLimits } from './secret-limits.js'
import type { SecretEntry } from './secret-map.js'
import { isJobToken, REPEATED, repeatsIn, selectSecrets, type Selection } from './select-secrets.js'
import {
  checkPrefix,
  namesLeftOut,
  withStoredKey,
  type ReadMapResult,
  type SourceContext,
} from './sources.js'
import { validateEntries } from './validate-map.js'

/** A secret that a target of a config file names. */
export interface NamedSecret {
  /** The key, taken literally. */
  readonly key: string
  /** Where the value is: in the JSON or dotenv map, in a file, or in an environment variable. */
  readonly source: 'secrets' | 'files' | 'envs'
  /** The name in the map, the path, or the name of the variable. */
  readonly from: string
  /** The place of `from` in the config file. */
  readonly location: InputLocation
}

/** What is needed to read the map of one target. */
export interface TargetMapContext
  extends
    Pick<SourceContext, 'env' | 'workspace' | 'credentials'>,
    Required<Pick<SourceContext, 'githubTokens'>> {
  /** The documents of the step. They have no errors of their own. */
  readonly documents: readonly MapDocument[]
  readonly limits: SecretLimits
  /** Whether the target deletes keys that are not in its map. */
  readonly prunes: boolean
}

const NOT_IN_MAP =
  'the map of the step has no such name. Check its spelling, and that the secret is visible to this job: the environment ' +
  'of the job, and that the workflow does not run for a fork'

const OWN_CREDENTIAL =
  'the value of this name is a credential of this run, and everyone who can read the target could use it. Name another secret'

/**
 * Reads the map of one target of a config file: the secrets that it names, and those that it selects by pattern. Whether a
 * key contains a value is not checked here, because that concerns the values of all targets.
 *
 * @param selection Which names of the documents are selected; undefined for none.
 */
export function readTargetMap(
  named: readonly NamedSecret[],
  selection: Selection | undefined,
  keyPrefix: string,
  context: TargetMapContext,
): ReadMapResult {
  const { documents, limits } = context
  const credentials = [...context.credentials, ...context.githubTokens]
  const readMember = memberReader(documents, credentials)
  const entries: SecretEntry[] = []
  const errors: InputError[] = []
  const onlyMasked: SecretValue[] = []
  for (const { key, source, from, location } of named) {
    const { value, problem } =
      source === 'files'
        ? readFileValue(from, context.workspace, limits.maxValueBytes)
        : source === 'envs'
          ? readEnvValue(from, context.env)
          : readMember(from)
    if (problem !== undefined) errors.push({ ...location, ...problem })
    if (value === undefined) continue
    if (problem === undefined) entries.push(withStoredKey({ key, value, location }, limits))
    else onlyMasked.push(value)
  }

  const selected = selection === undefined ? undefined : selectSecrets(documents, selection, credentials)
  const all = [...entries, ...(selected?.entries ?? []).map((entry) => withStoredKey(entry, limits))]
  errors.push(...(selected?.errors ?? []), ...validateEntries(all, limits))
  if (context.prunes && entries.length > 0 && keyPrefix !== '')
    errors.push(...checkPrefix(all, keyPrefix, '-'))
  return {
    entries: all,
    errors,
    onlyMasked: [...onlyMasked, ...(selected?.onlyMasked ?? [])],
    omitted: selected?.omitted ?? [],
    neverPruned:
      selection === undefined || selected === undefined
        ? []
        : namesLeftOut(selected.entries, documents, selected.omitted).map((name) =>
            keyFor(name, selection.naming),
          ),
    unresolved: all.filter(({ value }) => isUnresolved(value)).map(({ key }) => key),
  }
}

/** Returns what reads the value of a name in the documents. */
function memberReader(
  documents: readonly MapDocument[],
  credentials: readonly SecretValue[],
): (name: string) => ReturnType<typeof readEnvValue> {
  const members = new Map<string, MapMember>()
  for (const { members: all } of documents) for (const member of all) members.set(member.name, member)
  const repeats = new Set(
    documents.flatMap((document) => repeatsIn(document.members)).map(({ name }) => name),
  )
  return (name) => {
    const member = members.get(name)
    if (member === undefined)
      return { problem: { message: NOT_IN_MAP, cause: 'not-visible', kind: 'config-file' } }
    const { value, problem } = member
    if (repeats.has(name)) return { problem: { message: REPEATED, kind: 'invalid-json' } }
    if (value === undefined) return { problem: problem ?? { message: NOT_IN_MAP, cause: 'not-visible' } }
    if (problem !== undefined) return { value, problem }
    return isJobToken(member) || credentials.some((credential) => value.equals(credential))
      ? { value, problem: { message: OWN_CREDENTIAL, kind: 'invalid-value' } }
      : { value }
  }
}
