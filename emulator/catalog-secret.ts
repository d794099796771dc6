import { invalidParameter } from './errors.js'
import { Securable, type Grants } from './privileges.js'

/** The most bytes of a value in UTF-8, before it is encrypted: 60 KiB (REST reference). */
export const MAX_CATALOG_VALUE_BYTES = 61_440
/** The most characters of a secret's name. */
export const MAX_CATALOG_NAME = 248

/** What is changed in a secret, or given to a new one. A field that is undefined is left alone, null clears it. */
export interface SecretChange {
  readonly value?: string | undefined
  readonly comment?: string | null | undefined
  readonly owner?: string | undefined
  /** Milliseconds since the epoch. Nothing happens when it passes. */
  readonly expireTime?: number | null | undefined
}

/** The principal that changed a secret, and the time, in milliseconds since the epoch. */
export interface Authorship {
  readonly by: string
  readonly at: number
}

/** A Unity Catalog secret as it is stored. Its methods check the limits, but no permissions. */
export class CatalogSecret extends Securable {
  /** Which secret of the metastore it was, counted from 1: the order of lists. */
  readonly number: number
  readonly created: Authorship
  updated: Authorship
  comment: string | undefined
  /** Milliseconds since the epoch. */
  expireTime: number | undefined
  #value = ''

  /** Throws ApiError INVALID_PARAMETER_VALUE for the name or the value. */
  constructor(
    place: { readonly schema: Securable; readonly name: string; readonly number: number },
    { value = '', owner, ...rest }: SecretChange,
    created: Authorship,
    grants?: Grants,
  ) {
    const name = place.name.toLowerCase()
    checkCatalogName(name)
    super('secret', name, owner ?? created.by, place.schema, grants)
    this.number = place.number
    this.created = created
    this.updated = created
    this.change({ value, ...rest }, created)
  }

  get value(): string {
    return this.#value
  }

  /**
   * Changes what is given.
   *
   * @throws ApiError INVALID_PARAMETER_VALUE for a value that is empty, no text, or over `MAX_CATALOG_VALUE_BYTES`
   */
  change({ value, comment, owner, expireTime }: SecretChange, updated: Authorship): void {
    if (value !== undefined) {
      checkValue(value)
      this.#value = value
    }
    if (comment !== undefined) this.comment = comment ?? undefined
    if (owner !== undefined) this.owner = owner
    if (expireTime !== undefined) this.expireTime = expireTime ?? undefined
    this.updated = updated
  }
}

/**
 * Checks a name of a catalog, a schema or a secret: 1 to 248 characters, without periods, slashes, blanks and control
 * characters.
 *
 * @throws ApiError INVALID_PARAMETER_VALUE
 */
export function checkCatalogName(name: string): void {
  // eslint-disable-next-line no-control-regex -- they are what is refused
  if (name === '' || Array.from(name).length > MAX_CATALOG_NAME || /[./\s\u0000-\u001f\u007f]/.test(name)) {
    throw invalidParameter(
      `A name has 1 to ${MAX_CATALOG_NAME} characters, and no period, slash, blank or control character.`,
    )
  }
}

function checkValue(value: string): void {
  const bytes = Buffer.from(value)
  // That an empty value is refused is an assumption; a lone surrogate is no text in UTF-8.
  if (value === '') throw invalidParameter('The value is empty.')
  if (bytes.toString() !== value) throw invalidParameter('The value is not text.')
  if (bytes.length > MAX_CATALOG_VALUE_BYTES) {
    throw invalidParameter(
      `The value has ${bytes.length} bytes; at most ${MAX_CATALOG_VALUE_BYTES} are allowed.`,
    )
  }
}
