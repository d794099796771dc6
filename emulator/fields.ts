import { invalidParameter, malformedRequest, type ApiError } from './errors.js'

/** The named fields of a request, wherever it had them. A field that is null is absent, as in JSON for protobuf. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>

  private constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  /** The fields of a GET. */
  static ofQuery(query: URLSearchParams): Fields {
    return new Fields(Object.fromEntries(query))
  }

  /**
   * The fields of a POST. Clients name its content-type in many ways (the old CLI says `text/json`): it does not matter.
   *
   * @param body what `parseJson` made of it
   * @throws ApiError MALFORMED_REQUEST unless it is a JSON object
   */
  static ofBody(body: unknown): Fields {
    if (body === undefined) throw malformedRequest('The body of the request is not JSON.')
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw malformedRequest('The body of the request is not a JSON object.')
    }
    return new Fields({ ...body })
  }

  /**
   * A field that may be absent.
   *
   * @throws ApiError MALFORMED_REQUEST if it is no string
   */
  text(name: string): string | undefined {
    const value = this.#values[name] ?? undefined
    if (value !== undefined && typeof value !== 'string') throw malformedRequest(`${name} is not a string.`)
    return value
  }

  /**
   * The fields of a field that has to be there and to be an object.
   *
   * @throws ApiError INVALID_PARAMETER_VALUE if it is absent, MALFORMED_REQUEST if it is anything else
   */
  nested(name: string): Fields {
    const value = this.#values[name] ?? undefined
    if (value === undefined) throw missing(name)
    if (typeof value !== 'object' || Array.isArray(value)) throw malformedRequest(`${name} is not an object.`)
    return new Fields({ ...value })
  }

  /**
   * The fields of each element of a list of objects; none where the field is absent.
   *
   * @throws ApiError MALFORMED_REQUEST if it is no list of objects
   */
  objects(name: string): Fields[] {
    return this.#list(name).map((value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw malformedRequest(`${name} is not a list of objects.`)
      }
      return new Fields({ ...value })
    })
  }

  /**
   * A list of strings; none where the field is absent.
   *
   * @throws ApiError MALFORMED_REQUEST if it is no list of strings
   */
  texts(name: string): string[] {
    return this.#list(name).map((value) => {
      if (typeof value !== 'string') throw malformedRequest(`${name} is not a list of strings.`)
      return value
    })
  }

  /**
   * A field that has to be there.
   *
   * @throws ApiError MALFORMED_REQUEST if it is no string, INVALID_PARAMETER_VALUE if it is absent
   */
  required(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw missing(name)
    return value
  }

  #list(name: string): unknown[] {
    const value = this.#values[name] ?? []
    if (!Array.isArray(value)) throw malformedRequest(`${name} is not a list.`)
    return value
  }
}

const missing = (name: string): ApiError => invalidParameter(`Missing required field: ${name}`)
