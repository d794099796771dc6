/** What a JSON value is like without what it says: the names of types and fields alone. */
export type Shape = string | readonly Shape[] | { readonly [field: string]: Shape }

/** The longest field of the API has 24 characters; what is longer may be a value in the wrong place. */
const MAX_NAME = 32
const MAX_FIELDS = 40
const MAX_DEPTH = 6

/**
 * The shape of a value that `JSON.parse` gave: `{"scope": "string"}`.
 *
 * An array has one element, the shape that all of its elements have together: a field that not each of them has ends with
 * `?`, and what is of several types names them (`number|string`). What is nested deeper than 6 levels is `...`, and so is
 * a field number 41.
 *
 * @param nameOf what a field is called in the shape; default `plainName`
 */
export function shapeOf(value: unknown, nameOf: (field: string) => string = plainName): Shape {
  return shapeOfAll([value], { depth: 0, nameOf })
}

interface Position {
  readonly depth: number
  readonly nameOf: (field: string) => string
}

/**
 * A name from the wire, fit to be kept: at most 32 characters, and `_` for all but ASCII letters, digits and `_@.-`.
 */
export function plainName(name: string): string {
  return name.slice(0, MAX_NAME).replace(/[^A-Za-z0-9_@.-]/g, '_')
}

function shapeOfAll(values: readonly unknown[], { depth, nameOf }: Position): Shape {
  const types = [...new Set(values.map(typeOf))].sort()
  if (types.length !== 1 || types[0] === undefined) return types.join('|')
  if (types[0] !== 'array' && types[0] !== 'object') return types[0]
  if (depth >= MAX_DEPTH) return '...'
  const inside = { depth: depth + 1, nameOf }
  if (types[0] === 'array') {
    const elements = (values as unknown[][]).flat()
    return elements.length === 0 ? [] : [shapeOfAll(elements, inside)]
  }
  return shapeOfObjects(values as object[], inside)
}

function shapeOfObjects(objects: readonly object[], inside: Position): Shape {
  // A map, since a name from the wire may be `__proto__`.
  const fields = new Map<string, unknown[]>()
  for (const [name, value] of objects.flatMap(Object.entries) as [string, unknown][]) {
    const plain = inside.nameOf(name)
    const values = fields.get(plain)
    if (values === undefined) fields.set(plain, [value])
    else values.push(value)
  }
  const shapes = [...fields].slice(0, MAX_FIELDS).map(([name, values]): [string, Shape] => {
    return [values.length < objects.length ? `${name}?` : name, shapeOfAll(values, inside)]
  })
  if (fields.size > MAX_FIELDS) shapes.push(['...', '...'])
  return Object.fromEntries(shapes)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
