import { randomUUID } from 'node:crypto'
import { CatalogSecret, checkCatalogName, type SecretChange } from './catalog-secret.js'
import { ApiError, invalidParameter } from './errors.js'
import { Securable, type Grants } from './privileges.js'

/** What a workspace may do with a catalog that is bound to it. */
export type Binding = 'READ_WRITE' | 'READ_ONLY'

/** What a catalog starts with. */
export interface CatalogContent {
  /** Default `root@example.com`. */
  readonly owner?: string
  /** Default none. */
  readonly grants?: Grants
  /** The workspaces that it is bound to, by id; every other is denied. Default: open to all. */
  readonly bindings?: Readonly<Record<string, Binding>>
}

/** The secret managers that can stand behind a schema. */
export type ExternalManager = 'AWS_SECRETS_MANAGER' | 'AZURE_KEY_VAULT' | 'GOOGLE_SECRET_MANAGER'

/** What a schema starts with. */
export interface SchemaContent {
  /** Default the owner of the catalog. */
  readonly owner?: string
  /** Default none. */
  readonly grants?: Grants
  /** The manager that its secrets really live in, which makes them read-only; default none. */
  readonly externalManager?: ExternalManager
  /** Values by name, or whole secrets; their owner is by default that of the schema. */
  readonly secrets?: Readonly<Record<string, string | SecretContent>>
}

/** What a secret starts with. */
export interface SecretContent extends SecretChange {
  readonly value: string
  /** Who created it, and so owns it unless `owner` is there; default the owner of the schema. */
  readonly createdBy?: string
  /** Default none. */
  readonly grants?: Grants
  /** The time of its last update, in milliseconds since the epoch; default now. */
  readonly updateTime?: number
}

/** A catalog: a place for schemas. */
export class Catalog extends Securable {
  /** The workspaces that it is bound to, by id; undefined if it is open to all. */
  bindings: ReadonlyMap<string, Binding> | undefined

  constructor(name: string, { owner = 'root@example.com', grants, bindings }: CatalogContent) {
    super('catalog', name, owner, undefined, grants)
    this.bindings = bindings === undefined ? undefined : new Map(Object.entries(bindings))
  }
}

/** A schema: a place for secrets. */
export class CatalogSchema extends Securable {
  readonly catalog: Catalog
  /** The manager that its secrets really live in; usually none. */
  externalManager: ExternalManager | undefined
  /** By their names in lower case, in the order of their creation. */
  readonly secrets = new Map<string, CatalogSecret>()

  constructor(
    catalog: Catalog,
    name: string,
    { owner = catalog.owner, grants, externalManager }: SchemaContent,
  ) {
    super('schema', name, owner, catalog, grants)
    this.catalog = catalog
    this.externalManager = externalManager
  }

  /** The secret by that name, case-insensitive, or undefined. */
  secret(name: string): CatalogSecret | undefined {
    return this.secrets.get(name.toLowerCase())
  }
}

/**
 * The Unity Catalog of a metastore: catalogs, schemas and secrets. Names are case-insensitive, and stored in lower case. Its
 * methods check names and sizes, but no permissions.
 */
export class UnityCatalog {
  /** The id of the metastore, the same in every workspace that it serves. */
  readonly metastoreId = randomUUID()
  readonly #catalogs = new Map<string, Catalog>()
  readonly #schemas = new Map<string, CatalogSchema>()
  readonly #clock: () => number
  #created = 0

  /** @param clock returns the time, in milliseconds since the epoch */
  constructor(clock: () => number = Date.now) {
    this.#clock = clock
  }

  /** The time, in milliseconds since the epoch. */
  get now(): number {
    return this.#clock()
  }

  /** Every schema, in the order of their creation. */
  get schemas(): CatalogSchema[] {
    return [...this.#schemas.values()]
  }

  /** How many secrets the metastore holds. */
  get size(): number {
    return this.schemas.reduce((sum, { secrets }) => sum + secrets.size, 0)
  }

  /** The catalog by that name, case-insensitive, or undefined. */
  findCatalog(name: string): Catalog | undefined {
    return this.#catalogs.get(name.toLowerCase())
  }

  /** The schema of `catalog.schema`, case-insensitive, or undefined. */
  findSchema(fullName: string): CatalogSchema | undefined {
    return this.#schemas.get(fullName.toLowerCase())
  }

  /** The same as `findCatalog`. Throws Error if there is none. */
  catalog(name: string): Catalog {
    return found(this.findCatalog(name), name)
  }

  /** The same as `findSchema`. Throws Error if there is none. */
  schema(fullName: string): CatalogSchema {
    return found(this.findSchema(fullName), fullName)
  }

  /** The secret of `catalog.schema.secret`, case-insensitive. Throws Error if there is none. */
  secret(fullName: string): CatalogSecret {
    const [, schema = '', name = ''] = /^([^.]*\.[^.]*)\.(.*)$/s.exec(fullName) ?? []
    return found(this.schema(schema).secret(name), fullName)
  }

  /** The values in a schema by name: a copy, to be compared with what should be there. Throws Error if there is no schema. */
  valuesIn(fullName: string): Record<string, string> {
    return Object.fromEntries([...this.schema(fullName).secrets].map(([name, { value }]) => [name, value]))
  }

  /**
   * Creates a catalog.
   *
   * @throws ApiError INVALID_PARAMETER_VALUE for the name, CATALOG_ALREADY_EXISTS
   */
  createCatalog(name: string, content: CatalogContent = {}): Catalog {
    checkCatalogName(name)
    if (this.findCatalog(name) !== undefined)
      throw new ApiError(400, 'CATALOG_ALREADY_EXISTS', `Catalog '${name}' already exists.`)
    const catalog = new Catalog(name.toLowerCase(), content)
    this.#catalogs.set(catalog.fullName, catalog)
    return catalog
  }

  /**
   * Creates the schema `catalog.schema`, and its catalog if that is missing: one that everyone may use.
   *
   * @throws ApiError INVALID_PARAMETER_VALUE for a name or a value, SCHEMA_ALREADY_EXISTS
   */
  createSchema(fullName: string, content: SchemaContent = {}): CatalogSchema {
    const [catalogName = '', name = '', ...more] = fullName.split('.')
    checkCatalogName(name)
    if (more.length > 0) throw invalidParameter(`A schema is named catalog.schema, not ${fullName}`)
    if (this.findSchema(fullName) !== undefined)
      throw new ApiError(400, 'SCHEMA_ALREADY_EXISTS', `Schema '${fullName}' already exists.`)
    const catalog =
      this.findCatalog(catalogName) ??
      this.createCatalog(catalogName, { grants: { 'account users': ['USE_CATALOG'] } })
    const schema = new CatalogSchema(catalog, name.toLowerCase(), content)
    this.#schemas.set(schema.fullName, schema)
    for (const [secret, given] of Object.entries(content.secrets ?? {})) {
      const {
        createdBy = schema.owner,
        grants,
        updateTime,
        ...rest
      } = typeof given === 'string' ? { value: given } : given
      this.createSecret(schema, secret, rest, createdBy, grants).updated = {
        by: createdBy,
        at: updateTime ?? this.now,
      }
    }
    return schema
  }

  /**
   * Creates a secret; one by that name must not exist.
   *
   * @throws ApiError INVALID_PARAMETER_VALUE for the name or the value
   */
  createSecret(
    schema: CatalogSchema,
    name: string,
    content: SecretChange,
    createdBy: string,
    grants?: Grants,
  ): CatalogSecret {
    const place = { schema, name, number: this.#created + 1 }
    const secret = new CatalogSecret(place, content, { by: createdBy, at: this.now }, grants)
    this.#created++
    schema.secrets.set(secret.name, secret)
    return secret
  }
}

function found<T>(securable: T | undefined, name: string): T {
  if (securable === undefined) throw new Error(`There is no ${name}.`)
  return securable
}
