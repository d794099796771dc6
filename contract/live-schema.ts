import { parseJson } from '../emulator/parse-json.js'
import type { RecordedRequest } from './recorder.js'
import type { RestCaller } from './rest-caller.js'

const CATALOG = '/api/2.1/unity-catalog'

/** The allowed reads of the schema itself: its existence, its content, and its grants. */
const READS = /^\/(schemas|permissions\/schema)\/([^/]+)$/

/**
 * What a run may do in a given Unity Catalog schema: create, change and delete secrets whose names begin with
 * the run's own prefix. It grants nothing on the schema.
 */
export class LiveSchema {
  /** `catalog.schema`, in lower case. */
  readonly name: string
  /** What the name of each secret of the run begins with, in lower case. */
  readonly prefix: string
  readonly #asked = new Set<string>()

  /** @param scope the scope of the run, whose name the prefix is made of */
  constructor(name: string, scope: string) {
    this.name = name.toLowerCase()
    this.prefix = `${scope.toLowerCase().replace(/[^a-z0-9_-]/g, '_')}-`
  }

  /** Whether a request to Unity Catalog may leave; a creation that may is remembered until `clear`. */
  mayLeave({ method, path, query, rawBody }: RecordedRequest): boolean {
    const rest = path.slice(CATALOG.length)
    if (method === 'GET' && READS.exec(rest)?.[2]?.toLowerCase() === this.name) return true
    if (method === 'GET' && rest === '/secrets') {
      return (
        `${query.get('catalog_name') ?? ''}.${query.get('schema_name') ?? ''}`.toLowerCase() === this.name
      )
    }
    if (method === 'POST' && rest === '/secrets') {
      const { catalog_name, schema_name, name } = fieldsOf(rawBody)
      const fullName = `${String(catalog_name)}.${String(schema_name)}.${String(name)}`.toLowerCase()
      if (!this.#isOwn(fullName)) return false
      this.#asked.add(fullName)
      return true
    }
    const fullName = /^\/(?:secrets|permissions\/secret)\/([^/]+)$/.exec(rest)?.[1]
    return fullName !== undefined && this.#isOwn(decoded(fullName).toLowerCase())
  }

  /**
   * Deletes the secrets that the run has asked to create.
   *
   * @param isDeleted deletes the object at a path and returns whether it is deleted
   * @returns the full names of those that may be left
   */
  async clear(isDeleted: (path: string, fullName: string) => Promise<boolean>): Promise<string[]> {
    for (const fullName of this.#asked) {
      const path = `${CATALOG}/secrets/${encodeURIComponent(fullName)}`
      if (await isDeleted(path, fullName)) this.#asked.delete(fullName)
    }
    return [...this.#asked]
  }

  /** Whether the schema shows a secret of that full name to the caller. Throws when it does not list its secrets. */
  async has(rest: RestCaller, fullName: string): Promise<boolean> {
    return (await this.#listed(rest)).includes(fullName)
  }

  /** The secrets in the schema that already have the prefix. Throws when it does not list its secrets. */
  async before(rest: RestCaller): Promise<string[]> {
    return (await this.#listed(rest)).filter((fullName) => this.#isOwn(fullName))
  }

  async #listed(rest: RestCaller): Promise<string[]> {
    const [catalog_name = '', schema_name = ''] = this.name.split('.')
    const found: string[] = []
    for (let token: string | undefined = ''; token !== undefined;) {
      const answer: { secrets?: { full_name: string }[]; next_page_token?: string } = await rest.get(
        `${CATALOG}/secrets`,
        { catalog_name, schema_name, ...(token === '' ? {} : { page_token: token }) },
      )
      found.push(...(answer.secrets ?? []).map(({ full_name }) => full_name.toLowerCase()))
      token = answer.next_page_token === '' ? undefined : answer.next_page_token
    }
    return found
  }

  #isOwn(fullName: string): boolean {
    return fullName.startsWith(`${this.name}.${this.prefix}`)
  }
}

/** Whether a request is one to Unity Catalog. */
export function isToUnityCatalog({ path }: Pick<RecordedRequest, 'path'>): boolean {
  return path.toLowerCase().includes('/unity-catalog')
}

function fieldsOf(body: Buffer): Record<string, unknown> {
  const parsed = parseJson(body)
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}
