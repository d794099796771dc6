import type { Failure } from '../databricks/workspace-error.js'

/** The kinds of consumers that a search looks at, in the order of the search. */
export const CONSUMER_KINDS = [
  'cluster',
  'job',
  'cluster-policy',
  'pipeline',
  'serving-endpoint',
  'app',
  'sql-warehouses',
  'repository',
] as const

/** What a consumer is. `sql-warehouses` is the configuration that all SQL warehouses share, `repository` a file of the checkout. */
export type ConsumerKind = (typeof CONSUMER_KINDS)[number]

/** Something that refers to secrets. */
export interface Consumer {
  readonly kind: ConsumerKind
  /**
   * What its API takes, of letters, digits, `.`, `_` and `-`; `?` for anything else. For a file of the repository its path
   * from the workspace folder, with `/`. The API takes the name of a serving endpoint or an app.
   */
  readonly id: string
  /** Its name. Untrusted text that any user of the workspace can choose: not for outputs, nor for logs of public repositories. */
  readonly name: string | undefined
  /** Whether it may still use an old value. */
  readonly state: 'running' | 'stopped' | 'unknown'
  /**
   * What makes it use a new value: a restart, its next run, an update of the endpoint, a new deployment, or nothing (`none`):
   * it is not running, or reads the value each time.
   */
  readonly action: 'restart' | 'next-run' | 'update' | 'redeploy' | 'none'
}

/** A place that refers to a key. For each consumer and key, only the first place is reported. */
export interface Reference {
  readonly consumer: Consumer
  /** The scope and the key in the spelling of {@link SearchedScope}. */
  readonly scope: string
  readonly key: string
  /**
   * The field, such as `spark_conf.spark.password`. Names with other characters than letters, digits and `._:/-` are `*`.
   * Empty for the repository. People choose some of these names, so it is untrusted text.
   */
  readonly path: string
  /** The line in the file, from 1; only for the repository. */
  readonly line?: number
}

/** A place that refers to a key that neither exists nor is written by this run. */
export interface MissingReference extends Omit<Reference, 'key'> {
  /** The key as it was typed. Undefined if no key can have this name, so the text may be anything, even a secret. */
  readonly key: string | undefined
  /** The existing key, or key of this run, that is most similar; undefined if none is similar. */
  readonly nearest: string | undefined
}

/** A field that contains a value of this run as plain text. */
export interface PastedValue {
  readonly consumer: Consumer
  readonly path: string
}

/** How far the search of one kind got. */
export type KindStatus =
  | {
      readonly status: 'searched'
      /** How many items, or files, were searched. 0 is no proof that there are none: the identity may not see them. */
      readonly items: number
      /** How many more could not be read: not permitted, unreadable, or too large. */
      readonly notSearched: number
      /** True if a bound on the number or size of files ended the search early. */
      readonly truncated: boolean
    }
  /** The identity may not read this kind (403). */
  | { readonly status: 'not-checked'; readonly items: number }
  /** The workspace has nothing of this kind (404, `FEATURE_DISABLED`), or the job has no checkout. */
  | { readonly status: 'not-available' }
  | {
      readonly status: 'failed'
      readonly items: number
      /** True if it may succeed later: the retries ran out, or the run was cancelled. */
      readonly transient: boolean
      /** Undefined if the run could not sign in again. */
      readonly failure: Failure | undefined
      readonly httpStatus: number | undefined
      /** Untrusted text: a word in capitals or a number. */
      readonly errorCode: string | undefined
    }

/** The result of a search for consumers. It contains nothing of their configurations but these references. */
export interface ConsumerSearch {
  /** References to keys that exist or are written by this run. */
  readonly references: readonly Reference[]
  /** References to keys of these scopes that neither exist nor are written by this run. */
  readonly missing: readonly MissingReference[]
  /** `{{secrets/…}}` in parameters of jobs and tasks, where Databricks does not resolve it: the code gets this text. */
  readonly unresolved: readonly (Reference | MissingReference)[]
  /** At most {@link MAX_PASTED}. For the log only. */
  readonly pasted: readonly PastedValue[]
  readonly kinds: Readonly<Record<ConsumerKind, KindStatus>>
  /** Whether the identity is a workspace admin, and so sees everything; undefined if the workspace does not tell. */
  readonly isAdmin: boolean | undefined
}

/** The most entries of {@link ConsumerSearch.pasted}. */
export const MAX_PASTED = 100
