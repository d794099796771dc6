import type { JsonObject } from '../databricks/response.js'

/** The longest path that is reported, in UTF-16 code units. */
const MAX_PATH_LENGTH = 300

/** A text somewhere in a JSON value. */
export interface JsonText {
  readonly path: string
  readonly text: string
}

/** The field as an object; empty if it is missing or something else. */
export function objectAt(object: JsonObject, field: string): JsonObject {
  const value = Object.hasOwn(object, field) ? object[field] : undefined
  return isObject(value) ? value : {}
}

/** The objects in the list in a field, with their paths; none if it is missing or something else. */
export function objectsAt(
  object: JsonObject,
  field: string,
  path = '',
): { path: string; item: JsonObject }[] {
  const value = Object.hasOwn(object, field) ? object[field] : undefined
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown, index) =>
    isObject(item) ? [{ path: `${pathOf(path, field)}[${String(index)}]`, item }] : [],
  )
}

/** All texts in a field, at any depth. */
export function textsAt(object: JsonObject, field: string, path = ''): JsonText[] {
  return Object.hasOwn(object, field) ? textsIn(object[field], pathOf(path, field)) : []
}

/** All texts in a JSON value, at any depth. */
export function textsIn(value: unknown, path: string): JsonText[] {
  const texts: JsonText[] = []
  // Not recursive: a hostile configuration can be deeper than the call stack.
  const rest = [{ value, path }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value: current, path: at } = next
    if (typeof current === 'string') texts.push({ path: at.slice(0, MAX_PATH_LENGTH), text: current })
    else if (Array.isArray(current)) {
      for (const [index, item] of (current as unknown[]).entries())
        rest.push({ value: item, path: `${at}[${String(index)}]`.slice(0, MAX_PATH_LENGTH) })
    } else if (isObject(current)) {
      for (const [name, item] of Object.entries(current))
        rest.push({ value: item, path: pathOf(at, name).slice(0, MAX_PATH_LENGTH) })
    }
  }
  // The last of them was found first.
  return texts.reverse()
}

function pathOf(path: string, name: string): string {
  const part = /^[\w.:/-]{1,128}$/.test(name) ? name : '*'
  return path === '' ? part : `${path}.${part}`
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
