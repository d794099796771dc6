import {
  CONSUMER_KINDS,
  type Consumer,
  type ConsumerKind,
  type ConsumerSearch,
  type MissingReference,
  type Reference,
} from '../consumers/consumer.js'
import { normalizeKey } from '../secrets/key.js'
import type { Redactor } from '../secrets/masks/redactor.js'
import type { Result, TargetResult } from '../sync/result.js'
import { describeCoverage, describeTransientFailures, hasNoCheckout } from './consumer-coverage.js'
import { consumerId, consumerLabel, describeAction } from './consumer-wording.js'
import { keyName } from './key-name.js'
import type { Note } from './notes.js'
import { untrustedText } from './untrusted-text.js'
import { count, listNames } from './wording.js'

/** The most consumers or keys that a note names. */
const MAX_NAMES = 10

/** The most bytes of the output. The runner allows 1 MiB for all outputs of a job. */
const MAX_OUTPUT_BYTES = 64 * 1024

/** What the report says about the consumers of keys. */
export interface ConsumerReport {
  /** What was searched and what was not, in sentences. */
  readonly coverage: readonly string[]
  /** Consumers of the keys that this run creates, changes or deletes: by kind, and running ones first. */
  readonly rows: readonly ConsumerRow[]
  /** Whether this run creates, changes or deletes a key that was searched for. If not, {@link rows} is empty. */
  readonly changesKeys: boolean
  /** Whether a key of {@link rows} is written, and whether prune keeps one. It deletes no key of a consumer. */
  readonly rowsHave: { readonly written: boolean; readonly kept: boolean }
  /** Whether a value of {@link rows} may be an old one; undefined if nobody knows whether a value changed. */
  readonly haveOldValues: boolean | undefined
  readonly notes: readonly Note[]
  /** Fields that contain a value of this run. For the log only. */
  readonly pasted: readonly string[]
  /** The output `consumers`. */
  readonly output: readonly ConsumerOutput[]
  /** The number of references to missing keys. */
  readonly missing: number
}

/** A consumer as log and job summary show it. All texts are safe to show. */
export interface ConsumerRow {
  readonly kind: ConsumerKind
  readonly id: string
  /** Undefined where names are not shown. */
  readonly name: string | undefined
  /** Its page in the workspace; undefined if there is none. */
  readonly url: string | undefined
  readonly state: Consumer['state']
  /** The keys, with the place of the reference where it may be shown; empty for none. */
  readonly keys: readonly { readonly key: string; readonly details: string }[]
  /** What makes it take the new value; undefined if all its keys are kept by prune. */
  readonly newValue: string | undefined
}

/** An element of the output. The last one may be only the number of elements that were left out. */
export type ConsumerOutput =
  | (Pick<Consumer, 'kind' | 'id' | 'state' | 'action'> & {
      readonly keys: readonly string[]
      /** Keys that do not exist; `?` for a text that can be no key. */
      readonly missing?: readonly string[]
    })
  | { readonly truncated: number }

/** What a report about consumers needs to know of the run. */
export interface ConsumerContext {
  readonly workspaceUrl: string
  readonly qualifiesKeys: boolean
  /** Whether names that people chose may be shown: the repository is certainly not public. */
  readonly showsNames: boolean
  readonly redactor: Redactor
}

/** Makes the report about consumers. Undefined if the run did not search for them. */
export function reportConsumers(
  { consumers: found, targets }: Result,
  context: ConsumerContext,
): ConsumerReport | undefined {
  if (found === undefined) return undefined
  const search = inOrder(found)
  const { redactor } = context
  const scopes = new Map(
    targets.flatMap((target) =>
      target.plan !== undefined && target.target.options.consumers
        ? [[normalizeKey(target.plan.store.name), withActions(target)] as const]
        : [],
    ),
  )
  const nameOf = ({ scope, key }: Pick<Reference, 'scope' | 'key'>): string => {
    const result = scopes.get(normalizeKey(scope))?.result
    return result === undefined ? key : keyName(result, key, context.qualifiesKeys)
  }
  const plannedOf = ({ scope, key }: Pick<Reference, 'scope' | 'key'>) =>
    scopes.get(normalizeKey(scope))?.planned.get(normalizeKey(key))
  const changesKeys = [...scopes.values()].some(({ planned }) => [...planned.values()].some(isChange))
  // A run that changes nothing only reports references to missing keys.
  const references = changesKeys ? search.references.filter((each) => plannedOf(each) !== undefined) : []
  const shown = references.filter((each) => isChange(plannedOf(each)))
  const updates = shown.filter((each) => plannedOf(each) === 'update')
  const knowsChanges = [...scopes.values()].every(
    ({ result, planned }) =>
      result.target.options.ifExists !== 'update' || ![...planned.values()].includes('update'),
  )
  const isKept = (each: Reference): boolean => plannedOf(each) === 'delete'
  const rows = rowsOf(shown, context, nameOf, (each) => !isKept(each))
  return {
    coverage: describeCoverage(search, redactor),
    rows,
    changesKeys,
    rowsHave: { written: !shown.every(isKept), kept: shown.some(isKept) },
    haveOldValues: knowsChanges ? updates.length > 0 : undefined,
    notes: [
      ...notesAboutPrune(
        [...scopes.values()].map(({ result }) => result),
        search,
        nameOf,
        redactor,
      ),
      ...(updates.length > 0 && !knowsChanges ? [UNKNOWN_CHANGES] : []),
      ...(hasNoCheckout(search.kinds.repository) ? [NO_CHECKOUT] : []),
      ...notesAboutMissing(search.missing, nameOf, redactor),
      ...notesAboutUnresolved(search.unresolved, nameOf, redactor),
    ],
    pasted: search.pasted.map(({ consumer, path }) => {
      const where = untrustedText(path, redactor)
      return (
        `A value of this run is in a configuration as plain text: ${consumerLabel({ consumer }, redactor)}, field ${where}. ` +
        'Write a reference to the secret in its place.'
      )
    }),
    output: outputOf(references, search.missing, nameOf, redactor),
    missing: search.missing.length,
  }
}

/** A target with the planned action of each of its keys. */
function withActions(result: TargetResult) {
  const planned = (result.plan?.keys ?? []).map(({ key, action }) => [normalizeKey(key), action] as const)
  return { result, planned: new Map(planned) }
}

function isChange(action: string | undefined): boolean {
  return action === 'create' || action === 'update' || action === 'delete'
}

const UNKNOWN_CHANGES: Note = {
  level: 'notice',
  text:
    'With if-exists: update, every key is written, so it is unknown which values changed and which consumers have an old one. ' +
    'Set if-exists: compare to write only the values that changed.',
}

const NO_CHECKOUT: Note = {
  level: 'notice',
  text:
    'The code of this repository was not searched for references to keys, because the job has no checkout. To search it, use ' +
    'actions/checkout in a step before this one.',
}

const STATES = ['running', 'unknown', 'stopped'] as const

/** Orders what was found by kind, and running ones first. The checkout is searched at the same time as the workspace. */
function inOrder(search: ConsumerSearch): ConsumerSearch {
  const sorted = <Found extends { readonly consumer: Consumer }>(all: readonly Found[]): Found[] =>
    [...all].sort(
      ({ consumer: one }, { consumer: other }) =>
        CONSUMER_KINDS.indexOf(one.kind) - CONSUMER_KINDS.indexOf(other.kind) ||
        STATES.indexOf(one.state) - STATES.indexOf(other.state),
    )
  const { references, missing, unresolved, pasted } = search
  return {
    ...search,
    references: sorted(references),
    missing: sorted(missing),
    unresolved: sorted(unresolved),
    pasted: sorted(pasted),
  }
}

function rowsOf(
  references: readonly Reference[],
  { workspaceUrl, showsNames, redactor }: ConsumerContext,
  nameOf: (reference: Reference) => string,
  isWritten: (reference: Reference) => boolean,
): ConsumerRow[] {
  const groups = new Map<Consumer, Reference[]>()
  for (const reference of references) {
    const group = groups.get(reference.consumer)
    if (group === undefined) groups.set(reference.consumer, [reference])
    else group.push(reference)
  }
  return [...groups].map(([consumer, own]): ConsumerRow => {
    const { kind, state, name } = consumer
    const id = consumerId(consumer, redactor)
    const shownName = showsNames && name !== undefined ? untrustedText(name, redactor) : id
    return {
      kind,
      id,
      name: shownName === id || shownName === '' ? undefined : shownName,
      url: id === consumer.id ? pageOf(consumer, workspaceUrl) : undefined,
      state,
      keys: own.map((reference) => {
        const place =
          reference.line !== undefined
            ? `line ${reference.line}`
            : showsNames
              ? untrustedText(reference.path, redactor)
              : ''
        const marks = [...(place === '' ? [] : [place]), ...(isWritten(reference) ? [] : ['kept by prune'])]
        return { key: nameOf(reference), details: marks.join(', ') }
      }),
      newValue: own.some(isWritten) ? describeAction(consumer) : undefined,
    }
  })
}

/** The pages of the workspace, as the Databricks CLI opens them. Policies and SQL warehouses have none for one item. */
const PAGES: Partial<Record<ConsumerKind, string>> = {
  cluster: 'compute/clusters',
  job: 'jobs',
  pipeline: 'pipelines',
  'serving-endpoint': 'ml/endpoints',
  app: 'apps',
}

function pageOf({ kind, id }: Consumer, workspaceUrl: string): string | undefined {
  const page = PAGES[kind]
  if (page === undefined || id === '?') return undefined
  const [origin = '', query] = workspaceUrl.split('/?')
  return `${origin}/${page}/${id}${query === undefined ? '' : `?${query}`}`
}

/** Says what prune kept, and why. */
function notesAboutPrune(
  targets: readonly TargetResult[],
  search: ConsumerSearch,
  nameOf: (reference: Pick<Reference, 'scope' | 'key'>) => string,
  redactor: Redactor,
): Note[] {
  const keptFor = (retention: 'referenced' | 'search-failed') =>
    targets.flatMap(({ plan, keys }) =>
      keys.flatMap((each) =>
        each.outcome === 'kept' && each.retention === retention
          ? [{ scope: plan?.store.name ?? '', key: each.key }]
          : [],
      ),
    )
  const referenced = keptFor('referenced').map((kept) => {
    const users = [...search.references, ...search.unresolved].filter(
      ({ scope, key }) =>
        key !== undefined &&
        normalizeKey(scope) === normalizeKey(kept.scope) &&
        normalizeKey(key) === normalizeKey(kept.key),
    )
    const labels = [...new Set(users.map((user) => consumerLabel(user, redactor)))]
    return `${nameOf(kept)} (${listNames(labels, MAX_NAMES)})`
  })
  const unsure = keptFor('search-failed').map(nameOf)
  const notes: Note[] = []
  if (referenced.length > 0)
    notes.push({
      level: 'warning',
      text:
        `prune kept ${count(referenced.length, 'key')}, because a reference was found: ${listNames(referenced, MAX_NAMES)}. ` +
        'Remove the references, and the next run deletes what is no longer in the map.',
    })
  if (unsure.length > 0)
    notes.push({
      level: 'warning',
      text:
        `Nothing was deleted, because the search for consumers failed: ${describeTransientFailures(search, redactor).join('; ')}. ` +
        `prune kept ${count(unsure.length, referenced.length > 0 ? 'more key' : 'key')}: ${listNames(unsure, MAX_NAMES)}. ` +
        'Run the job again.',
    })
  return notes
}

function notesAboutMissing(
  missing: readonly MissingReference[],
  nameOf: (reference: Pick<Reference, 'scope' | 'key'>) => string,
  redactor: Redactor,
): Note[] {
  if (missing.length === 0) return []
  const names = missing.map((each) => {
    const { scope, key, nearest } = each
    const what = key === undefined ? 'a text that is no key' : `${scope}/${key}`
    const hint = nearest === undefined ? '' : ` (nearest existing key: ${nameOf({ scope, key: nearest })})`
    return `${consumerLabel(each, redactor)} refers to ${what}${hint}`
  })
  return [
    {
      level: 'warning',
      text: `References to keys that do not exist: ${listNames(names, MAX_NAMES)}. Correct the reference, or write the key.`,
    },
  ]
}

function notesAboutUnresolved(
  unresolved: readonly (Reference | MissingReference)[],
  nameOf: (reference: Pick<Reference, 'scope' | 'key'>) => string,
  redactor: Redactor,
): Note[] {
  if (unresolved.length === 0) return []
  const names = unresolved.map((each) => {
    const { scope, key } = each
    return `${consumerLabel(each, redactor)} (${key === undefined ? 'a text that is no key' : nameOf({ scope, key })})`
  })
  return [
    {
      level: 'warning',
      text:
        `Databricks does not resolve references to secrets in parameters of jobs and tasks: ${listNames(names, MAX_NAMES)}. ` +
        'The task gets the text of the reference. Read the secret in the code of the task.',
    },
  ]
}

/** The output: each consumer once, running ones first, within the limit of bytes. */
function outputOf(
  references: readonly Reference[],
  missing: readonly MissingReference[],
  nameOf: (reference: Pick<Reference, 'scope' | 'key'>) => string,
  redactor: Redactor,
): ConsumerOutput[] {
  const groups = new Map<Consumer, { keys: string[]; missing: string[] }>()
  const groupOf = (consumer: Consumer) => {
    const group = groups.get(consumer) ?? { keys: [], missing: [] }
    groups.set(consumer, group)
    return group
  }
  for (const reference of references) groupOf(reference.consumer).keys.push(nameOf(reference))
  for (const { consumer, scope, key } of missing)
    groupOf(consumer).missing.push(key === undefined ? '?' : nameOf({ scope, key }))
  const entries = [...groups]
    .map(([consumer, { keys, missing: absent }]) => {
      const { kind, state, action } = consumer
      const id = consumerId(consumer, redactor)
      const own = [...new Set(keys)]
      const entry = { kind, id: id === consumer.id ? id : '?', keys: own, state, action }
      return absent.length === 0 ? entry : { ...entry, missing: [...new Set(absent)] }
    })
    .sort(
      (one, other) =>
        STATES.indexOf(one.state) - STATES.indexOf(other.state) ||
        CONSUMER_KINDS.indexOf(one.kind) - CONSUMER_KINDS.indexOf(other.kind),
    )
  const rest = '{"truncated":1000000},'
  let left = MAX_OUTPUT_BYTES - Buffer.byteLength(`[${rest}]`)
  const fitting: ConsumerOutput[] = entries.filter((entry) => {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1
    if (size > left) return false
    left -= size
    return true
  })
  const truncated = entries.length - fitting.length
  return truncated === 0 ? fitting : [...fitting, { truncated }]
}
