/** The shape of a JSON value: only the names of its types and fields. */
export type Shape = string | readonly Shape[] | { readonly [field: string]: Shape }

/** The longest field name of the API has 24 characters. A longer one may be a value in the wrong place. */
const MAX_NAME = 32
const MAX_FIELDS = 40
const MAX_DEPTH = 6

/**
 * Returns the shape of a parsed JSON value: `{"scope": "string"}`.
 *
 * The shape of an array has one element, the combined shape of all elements. A field that some elements lack ends with `?`.
 * Several types are joined (`number|string`). Values below 6 levels are `...`, and so are fields after the 40th.
 *
 * @param nameOf returns the name of a field in the shape; default `plainName`
 */
export function shapeOf(value: unknown, nameOf: (field: string) => string = plainName): Shape {
  return shapeOfAll([value], { depth: 0, nameOf })
}

interface Position {
  readonly depth: number
  readonly nameOf: (field: string) => string
}

/**
 * Makes an untrusted name safe to store: at most 32 characters, with `_` for all but ASCII letters, digits and `_@.-`.
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
  // A map, because an untrusted name may be `__proto__`.
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
