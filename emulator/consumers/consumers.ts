import type { PageRules } from '../pages.js'
import type { ConsumerKind, ConsumersContent, ListedKind, SqlWarehousesContent } from './content.js'
import type { KindRefusal } from './kind-refusals.js'

/** How a workspace answers the calls for consumers. */
export interface ConsumersRules {
  /**
   * How lists come in pages; `{ size: 1 }` makes pages of one element. Default: pages of the size that the REST reference names
   * for each list. Lists without pages are never divided.
   */
  readonly pages?: PageRules
  /** The most tasks, and the most job clusters, of a job in one answer; default 100. */
  readonly maxElements?: number
  /** The kinds whose calls are refused, and how; default none. */
  readonly unavailable?: Readonly<Partial<Record<ConsumerKind, KindRefusal>>>
}

/** The rules, and what the workspace starts with. */
export interface ConsumersOptions extends ConsumersRules {
  readonly content?: ConsumersContent
}

/** A resource that may refer to secrets. */
export interface Consumer {
  /** Grows from element to element of its kind, from 1. */
  readonly number: number
  /** Principals and groups that see it, in addition to workspace admins. */
  readonly visibleTo: readonly string[]
  /** As the API answers it. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** The field that identifies a resource of each kind in its calls. */
export const ID_FIELDS = {
  clusters: 'cluster_id',
  jobs: 'job_id',
  clusterPolicies: 'policy_id',
  pipelines: 'pipeline_id',
  servingEndpoints: 'name',
  apps: 'name',
} as const satisfies Record<ListedKind, string>

const LISTED_KINDS = Object.keys(ID_FIELDS) as ListedKind[]

/** Every kind of resource that may refer to secrets. */
export const CONSUMER_KINDS: readonly ConsumerKind[] = [...LISTED_KINDS, 'sqlWarehouses']

/** The fields that a resource has unless it is given others. */
const DEFAULTS: Readonly<Record<ListedKind, (number: number) => Record<string, unknown>>> = {
  clusters: (number) => ({
    cluster_id: `0101-000000-${padded(number, 8)}`,
    cluster_name: `cluster ${number}`,
    state: 'RUNNING',
    cluster_source: 'UI',
  }),
  jobs: (number) => ({ job_id: 1_000 + number, settings: { name: `job ${number}` } }),
  clusterPolicies: (number) => ({
    policy_id: padded(number, 16),
    name: `policy ${number}`,
    definition: '{}',
  }),
  pipelines: (number) => ({
    pipeline_id: `00000000-0000-4000-8000-${padded(number, 12)}`,
    name: `pipeline ${number}`,
    state: 'IDLE',
  }),
  servingEndpoints: (number) => ({
    name: `endpoint-${number}`,
    id: padded(number, 32),
    state: { ready: 'READY', config_update: 'NOT_UPDATING' },
  }),
  apps: (number) => ({
    name: `app-${number}`,
    id: `00000000-0000-4000-8000-${padded(number, 12)}`,
    compute_status: { state: 'ACTIVE' },
  }),
}

/**
 * What a workspace has that may refer to secrets: clusters, jobs and others. The API only reads it; tests change it here.
 *
 *     workspace.consumers.add({ clusters: [{ spark_conf: { key: '{{secrets/storage/key}}' }, visibleTo: ['users'] }] })
 */
export class Consumers {
  /** May be replaced at any time. */
  rules: ConsumersRules
  #listed = emptyLists()
  #sqlWarehouses: SqlWarehousesContent = {}

  /** Throws Error as `add` does. */
  constructor({ content = {}, ...rules }: ConsumersOptions = {}) {
    this.rules = rules
    this.add(content)
  }

  /** The configuration of all SQL warehouses. */
  get sqlWarehouses(): SqlWarehousesContent {
    return this.#sqlWarehouses
  }

  /**
   * Adds resources to those that the workspace has; the fields of `sqlWarehouses` replace those that it has.
   *
   * @throws Error if a kind already has a resource with that id
   */
  add(content: ConsumersContent): void {
    for (const kind of LISTED_KINDS) {
      for (const { visibleTo = [], ...given } of content[kind] ?? []) {
        const number = (this.#listed[kind].at(-1)?.number ?? 0) + 1
        const fields = { ...DEFAULTS[kind](number), ...given }
        const id = fields[ID_FIELDS[kind]]
        if (this.find(kind, String(id)) !== undefined)
          throw new Error(`Two ${kind} have the id ${String(id)}.`)
        this.#listed[kind].push({ number, visibleTo, fields })
      }
    }
    this.#sqlWarehouses = { ...this.#sqlWarehouses, ...content.sqlWarehouses }
  }

  /** Removes one resource. Throws Error if there is none. */
  remove(kind: ListedKind, id: string | number): void {
    const consumer = this.find(kind, String(id))
    if (consumer === undefined) throw new Error(`None of ${kind} has the id ${id}.`)
    this.#listed[kind].splice(this.#listed[kind].indexOf(consumer), 1)
  }

  /** Removes all resources. The rules stay. */
  clear(): void {
    this.#listed = emptyLists()
    this.#sqlWarehouses = {}
  }

  /** All resources of a kind, in the order in which they were added. */
  all(kind: ListedKind): readonly Consumer[] {
    return this.#listed[kind]
  }

  /** The resource with that id, as text, or undefined. */
  find(kind: ListedKind, id: string): Consumer | undefined {
    return this.#listed[kind].find(({ fields }) => String(fields[ID_FIELDS[kind]]) === id)
  }
}

function emptyLists(): Record<ListedKind, Consumer[]> {
  return { clusters: [], jobs: [], clusterPolicies: [], pipelines: [], servingEndpoints: [], apps: [] }
}

function padded(number: number, length: number): string {
  return String(number).padStart(length, '0')
}
