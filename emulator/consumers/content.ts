/** Who sees a resource, in addition to workspace admins. */
interface Visible {
  /** Names of principals and groups; `users` for everybody. Default: nobody. */
  readonly visibleTo?: readonly string[]
}

/** Any other field, as the answers of the API have it. */
interface OtherFields {
  readonly [field: string]: unknown
}

/** The compute of a cluster or of a job: where references to secrets stand. */
export interface ComputeContent {
  readonly spark_conf?: Readonly<Record<string, string>>
  readonly spark_env_vars?: Readonly<Record<string, string>>
  readonly docker_image?: {
    readonly url?: string
    readonly basic_auth?: { readonly username?: string; readonly password?: string }
  }
}

/** A cluster. Default: an all-purpose cluster (`cluster_source: 'UI'`) that is `RUNNING`. */
export interface ClusterContent extends Visible, ComputeContent, OtherFields {
  readonly cluster_id?: string
  readonly cluster_name?: string
  readonly state?: string
  readonly cluster_source?: string
}

/** A job. */
export interface JobContent extends Visible, OtherFields {
  readonly job_id?: number
  readonly settings?: {
    readonly name?: string
    readonly tasks?: readonly object[]
    readonly job_clusters?: readonly object[]
    readonly parameters?: readonly object[]
  } & OtherFields
}

/** A cluster policy. */
export interface ClusterPolicyContent extends Visible, OtherFields {
  readonly policy_id?: string
  readonly name?: string
  /** JSON as text. */
  readonly definition?: string
  /** JSON as text. */
  readonly policy_family_definition_overrides?: string
}

/** A pipeline. Default: `IDLE`. Its list leaves out `spec`. */
export interface PipelineContent extends Visible, OtherFields {
  readonly pipeline_id?: string
  readonly name?: string
  readonly state?: string
  readonly spec?: {
    readonly continuous?: boolean
    readonly configuration?: Readonly<Record<string, string>>
    readonly clusters?: readonly (ComputeContent & OtherFields)[]
  } & OtherFields
}

/** The configuration of a serving endpoint. */
interface ServingConfigContent extends OtherFields {
  readonly served_entities?: readonly ({
    readonly environment_vars?: Readonly<Record<string, string>>
    readonly external_model?: object
  } & OtherFields)[]
}

/** A serving endpoint. Its list leaves out `pending_config`, and most fields of the served entities. */
export interface ServingEndpointContent extends Visible, OtherFields {
  readonly name?: string
  readonly config?: ServingConfigContent
  readonly pending_config?: ServingConfigContent
}

/** An app. Default: its compute is `ACTIVE`. */
export interface AppContent extends Visible, OtherFields {
  readonly name?: string
  readonly resources?: readonly ({
    readonly secret?: { readonly scope: string; readonly key: string; readonly permission: string }
  } & OtherFields)[]
}

/** What all SQL warehouses of the workspace share. Only workspace admins see it. */
export interface SqlWarehousesContent extends OtherFields {
  readonly data_access_config?: readonly { readonly key: string; readonly value: string }[]
}

/**
 * What a workspace has that may refer to secrets. Each element has the fields of the API's answers, in their names; an id or a
 * name that is missing is made up.
 */
export interface ConsumersContent {
  readonly clusters?: readonly ClusterContent[]
  readonly jobs?: readonly JobContent[]
  readonly clusterPolicies?: readonly ClusterPolicyContent[]
  readonly pipelines?: readonly PipelineContent[]
  readonly servingEndpoints?: readonly ServingEndpointContent[]
  readonly apps?: readonly AppContent[]
  readonly sqlWarehouses?: SqlWarehousesContent
}

/** A kind of resource that may refer to secrets. */
export type ConsumerKind = keyof ConsumersContent

/** A kind of which a workspace has many. */
export type ListedKind = Exclude<ConsumerKind, 'sqlWarehouses'>
