import { parse, type StringNode, type ValueNode } from '@humanwhocodes/momoa'

/** As much of a JSON value as a map of secrets can use. */
export type JsonValue =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'null' }
  | { readonly type: 'object'; readonly members: readonly JsonMember[] }
  | { readonly type: 'array'; readonly items: readonly JsonValue[] }
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
export interface InvalidJson {
  readonly type: 'broken'
  readonly at: Position | Record<string, never>
}

/**
 * Reads a JSON document (RFC 8259), keeping the order of names, their repeats and positions. `JSON.parse` would
 * reorder `"1"`, swallow repeats and `__proto__`, and quote its input in its message.
 *
 * White space of any kind around the document does not count, a byte order mark included; its lines do. Nothing is
 * thrown, and a broken document gives its position alone.
 */
export function readJson(text: string): JsonValue | InvalidJson {
  const document = text.trim()
  const linesBefore = text.slice(0, text.indexOf(document)).split('\n').length - 1
  const inText = ({ line, column }: Position): Position => ({ line: line + linesBefore, column })

  function valueOf(node: ValueNode): JsonValue {
    switch (node.type) {
      case 'String':
        return { type: 'string', text: stringOf(node) }
      case 'Null':
        return { type: 'null' }
      case 'Object':
        return {
          type: 'object',
          members: node.members.map(({ name, value }) => ({
            name: stringOf(name as StringNode),
            value: valueOf(value),
            ...inText(name.loc.start),
          })),
        }
      case 'Array':
        return { type: 'array', items: node.elements.map(({ value }) => valueOf(value)) }
      default:
        return { type: 'other' }
    }
  }

  /**
   * JSON wants control characters escaped, the parser lets them pass as they are. They are what a secret with line
   * breaks leaves when it is put between quotes without `toJSON`, with its quotes and backslashes misread.
   */
  function stringOf(node: StringNode): string {
    const { start, end } = node.loc
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u001f]/.test(document.slice(start.offset, end.offset))) {
      throw Object.assign(new Error('control character'), start)
    }
    return node.value
  }

  try {
    return valueOf(parse(document, { mode: 'json' }).body)
  } catch (error) {
    const { line, column } = error as Partial<Position>
    return { type: 'broken', at: line === undefined || column === undefined ? {} : inText({ line, column }) }
  }
}
