import { parse, type StringNode, type ValueNode } from '@humanwhocodes/momoa'

/** As much of a JSON value as a map of secrets can use. */
export type JsonValue =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'null' }
  | { readonly type: 'object'; readonly members: readonly JsonMember[] }
  | { readonly type: 'other' }

/** A name and its value, as they stand in the document: in its order, and as often as they stand there. */
export interface JsonMember extends Position {
  readonly name: string
  readonly value: JsonValue
}

/** A line and a column of the text that was parsed, each from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The text is not JSON. Where it stops being so is known but for a document that is nested out of all reason. */
export interface Broken extends Partial<Position> {
  readonly type: 'broken'
}

/**
 * Reads a JSON document (RFC 8259), keeping the order of names, their repeats and positions. `JSON.parse` would
 * reorder `"1"`, swallow repeats and `__proto__`, and quote its input in its message.
 *
 * Nothing is thrown, and a broken document gives its position alone.
 */
export function readJson(text: string): JsonValue | Broken {
  try {
    return valueOf(parse(text, { mode: 'json', ranges: true }).body, text)
  } catch (error) {
    const { line, column } = error as Partial<Position>
    return line === undefined || column === undefined ? { type: 'broken' } : { type: 'broken', line, column }
  }
}

function valueOf(node: ValueNode, text: string): JsonValue {
  switch (node.type) {
    case 'String':
      return { type: 'string', text: stringOf(node, text) }
    case 'Null':
      return { type: 'null' }
    case 'Object':
      return {
        type: 'object',
        members: node.members.map(({ name, value }) => {
          const { line, column } = name.loc.start
          return { name: stringOf(name as StringNode, text), value: valueOf(value, text), line, column }
        }),
      }
    default:
      return { type: 'other' }
  }
}

/**
 * JSON wants control characters escaped, the parser lets them pass as they are. They are what a secret with line
 * breaks leaves when it is put between quotes without `toJSON`, with its quotes and backslashes misread.
 */
function stringOf(node: StringNode, text: string): string {
  const [start = 0, end = text.length] = node.range ?? []
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f]/.test(text.slice(start, end)))
    throw Object.assign(new Error('control character'), node.loc.start)
  return node.value
}
