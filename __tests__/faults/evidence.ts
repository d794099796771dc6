import type { SecretStore } from '../../emulator/store.js'
import type { RequestRecord } from '../../emulator/request-log.js'
import type { Ended } from './said.js'

/** The time of the last put of a secret that was there before the run, in ms since the epoch. */
export const LONG_AGO = 1

/** What is in a scope at a moment. */
export interface Snapshot {
  readonly exists: boolean
  readonly acls: Readonly<Record<string, string>>
  readonly secrets: ReadonlyMap<string, { readonly value: string; readonly isPut: boolean }>
}

/** Takes a snapshot of a scope; a secret that has not been put since {@link LONG_AGO} was there before the run. */
export function snapshot(store: SecretStore, scope: string): Snapshot {
  if (!store.has(scope)) return { exists: false, acls: {}, secrets: new Map() }
  const { acls, secrets } = store.scope(scope)
  return {
    exists: true,
    acls: Object.fromEntries(acls),
    secrets: new Map(
      secrets.map(({ key, value, lastUpdated }) => [
        key,
        { value: value.toString(), isPut: lastUpdated !== LONG_AGO },
      ]),
    ),
  }
}

/** A request to the Secrets API, as far as a judge has to know it. */
export interface Seen {
  /** As the reference calls it, such as `secrets/put`. */
  readonly call: string
  /** The key, or the principal; undefined where it names none. */
  readonly about: string | undefined
  /** The value that a put carries. */
  readonly value: string | undefined
  /** Whether a fault has befallen it. */
  readonly befallen: boolean
}

/** What the workspace has seen of a request. */
export function seen({ path, body, query }: RequestRecord, befallen: boolean): Seen {
  const fields = (body ?? {}) as Record<string, string | undefined>
  const {
    key,
    principal,
    initial_manage_principal: manager,
    string_value: text,
    bytes_value: base64,
  } = fields
  return {
    call: path.replace('/api/2.0/', ''),
    about: key ?? principal ?? manager ?? query.get('key') ?? undefined,
    value: text ?? (base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString()),
    befallen,
  }
}

/** What a run was to do. */
export interface Wanted {
  readonly map: Readonly<Record<string, string>>
  readonly permissions: Readonly<Record<string, string>>
  readonly prune: boolean
  /** True for a run that only plans; default false. */
  readonly dryRun?: boolean
  /** Who may do what in the scope when the run creates it. */
  readonly aclsOfNew: Readonly<Record<string, string>>
}

/** All that is known of a run from elsewhere than from its own words, and these words. */
export interface Evidence {
  readonly wanted: Wanted
  readonly before: Snapshot
  readonly after: Snapshot
  readonly requests: readonly Seen[]
  readonly step: Ended
  /** Whether all faults are such that a request is only sent again when one has befallen it. */
  readonly countsFaults: boolean
  /** Whether what befalls a request is nothing to the others: all that was not befallen has to succeed. */
  readonly costsItself: boolean
  /** Whether the scope was deleted during the run; then `after` is how it was up to that moment. */
  readonly vanished: boolean
}
