/** A Unity Catalog secret as an operation names it: `schema` is `catalog.schema`. */
interface CatalogName {
  readonly schema: string
  readonly name: string
}

/** One thing that a person does with secrets, in the terms of the REST reference; how it is said is each client's own. */
export type Operation =
  | {
      readonly do: 'createScope'
      readonly scope: string
      readonly initialManagePrincipal?: string
      readonly keyVault?: { readonly resourceId: string; readonly dnsName: string }
    }
  | { readonly do: 'listScopes' }
  | { readonly do: 'deleteScope'; readonly scope: string }
  | { readonly do: 'putString'; readonly scope: string; readonly key: string; readonly value: string }
  | { readonly do: 'putBytes'; readonly scope: string; readonly key: string; readonly base64: string }
  /** With both value fields. */
  | { readonly do: 'putBoth'; readonly scope: string; readonly key: string }
  /** With none of the value fields. */
  | { readonly do: 'putNeither'; readonly scope: string; readonly key: string }
  /** With bytes that are not base64. */
  | { readonly do: 'putNotBase64'; readonly scope: string; readonly key: string }
  /** With a body that is not JSON. */
  | { readonly do: 'putNotJson' }
  | { readonly do: 'deleteSecret'; readonly scope: string; readonly key: string }
  | { readonly do: 'getSecret'; readonly scope: string; readonly key: string }
  | { readonly do: 'listSecrets'; readonly scope: string }
  | {
      readonly do: 'putAcl'
      readonly scope: string
      readonly principal: string
      readonly permission: string
    }
  | { readonly do: 'deleteAcl'; readonly scope: string; readonly principal: string }
  | { readonly do: 'getAcl'; readonly scope: string; readonly principal: string }
  | { readonly do: 'listAcls'; readonly scope: string }
  /** Who am I: SCIM's `Me`, which Terraform calls before it revokes MANAGE. */
  | { readonly do: 'whoAmI' }
  | ({ readonly do: 'createCatalogSecret'; readonly value: string } & CatalogName & {
        readonly comment?: string
        readonly owner?: string
        /** RFC 3339. */
        readonly expireTime?: string
      })
  | ({ readonly do: 'updateCatalogSecret'; readonly value: string } & CatalogName)
  | ({ readonly do: 'deleteCatalogSecret' } & CatalogName)
  | ({ readonly do: 'getCatalogSecret' } & CatalogName)
  | ({ readonly do: 'readCatalogSecret' } & CatalogName)
  | { readonly do: 'listCatalogSecrets'; readonly schema: string }
  | { readonly do: 'getSchema'; readonly schema: string }
  | {
      readonly do: 'changeGrants'
      readonly on: Granted
      readonly principal: string
      readonly add: readonly string[]
    }
  | { readonly do: 'listGrants'; readonly on: Granted }
  /** All pages of a list. `pageSize` is for lists with pages, `sources` for clusters. */
  | {
      readonly do: 'listConsumers'
      readonly kind: ListedKind
      readonly pageSize?: number
      readonly sources?: readonly string[]
    }
  /** One of them, with all that the list leaves out. */
  | { readonly do: 'getConsumer'; readonly kind: SingleKind; readonly id: string }
  /** What all SQL warehouses share. */
  | { readonly do: 'getWarehousesConfig' }
  /** A bundle with one Unity Catalog secret, which a principal may read. */
  | ({ readonly do: 'deployBundle'; readonly value: string; readonly reader: string } & CatalogName)

/** What may refer to secrets, and is listed. */
export type ListedKind = 'clusters' | 'jobs' | 'clusterPolicies' | 'pipelines' | 'servingEndpoints' | 'apps'

/** Those of which a list leaves something out. */
export type SingleKind = 'jobs' | 'pipelines' | 'servingEndpoints'

/** What privileges are granted on. */
export interface Granted {
  readonly type: 'schema' | 'secret'
  readonly fullName: string
}

/** The name of an operation. */
export type OperationName = Operation['do']

/** A scope as a client lists it. */
export interface ListedScope {
  readonly name: string
  readonly backend: string
  /** The DNS name of the key vault behind it, if there is one. */
  readonly vault?: string
}

/** A secret as a client lists it. */
export interface ListedSecret {
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly lastUpdated: number
}

/** What one principal may do. */
export interface ListedAcl {
  readonly principal: string
  readonly permission: string
}

/** A Unity Catalog secret as a client describes it; a field is absent where it is empty. */
export interface DescribedSecret {
  readonly fullName: string
  readonly owner: string
  readonly comment?: string
  /** RFC 3339, in UTC and without fractions of a second. */
  readonly expireTime?: string
}

/** What one principal may do with a securable. */
export interface ListedGrant {
  readonly principal: string
  readonly privileges: readonly string[]
}

/** A cluster, a job or the like, with the fields of the REST reference. */
export type WireConsumer = Readonly<Record<string, unknown>>

/** What each operation answers that answers anything; the others give null. Values are in base64. */
export interface Answers {
  readonly listScopes: readonly ListedScope[]
  readonly listSecrets: readonly ListedSecret[]
  readonly getSecret: { readonly key: string; readonly base64: string }
  readonly getAcl: ListedAcl
  readonly listAcls: readonly ListedAcl[]
  readonly whoAmI: { readonly name: string; readonly groups: readonly string[] }
  readonly getCatalogSecret: DescribedSecret
  readonly readCatalogSecret: { readonly value: string }
  readonly listCatalogSecrets: readonly DescribedSecret[]
  readonly getSchema: { readonly fullName: string; readonly owner: string }
  readonly listGrants: readonly ListedGrant[]
  readonly listConsumers: readonly WireConsumer[]
  readonly getConsumer: WireConsumer
  readonly getWarehousesConfig: WireConsumer
}

/** The answer of an operation. */
export type AnswerOf<Name extends OperationName> = Name extends keyof Answers ? Answers[Name] : null
