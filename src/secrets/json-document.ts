import { parse, type StringNode, type ValueNode } from '@humanwhocodes/momoa'

/** A JSON value, as far as a map of secrets needs it. */
export type JsonValue =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'null' }
  | { readonly type: 'object'; readonly members: readonly JsonMember[] }
  | { readonly type: 'array'; readonly items: readonly JsonValue[] }
  | { readonly type: 'other' }

/** A name and its value. Members keep the order of the document, and repeated names stay. */
export interface JsonMember extends Position {
  readonly name: string
  readonly value: JsonValue
}

/** A line and a column of the parsed text, each from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The text is not JSON. The position of the error is unknown if the document is nested too deeply. */
export interface InvalidJson {
  readonly type: 'broken'
  readonly at: Position | Record<string, never>
}

/**
 * Parses a JSON document (RFC 8259), and keeps the order, repeats and positions of names. `JSON.parse` would reorder `"1"`,
 * drop repeats and `__proto__`, and quote its input in its message.
 *
 * White space and a byte order mark around the document are ignored, but its lines count. It throws nothing. An invalid
 * document gives only the position of the error.
 */
export function readJson(text: string): JsonValue | InvalidJson {
  const document = text.trim()
  const linesBefore = text.slice(0, text.indexOf(document)).split('\n').length - 1
  const positionInText = ({ line, column }: Position): Position => ({ line: line + linesBefore, column })

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
            ...positionInText(name.loc.start),
          })),
        }
      case 'Array':
        return { type: 'array', items: node.elements.map(({ value }) => valueOf(value)) }
      default:
        return { type: 'other' }
    }
  }

  /**
   * Refuses control characters, which the parser accepts. A secret with line breaks that is put in quotes without
   * `toJSON` contains them, and its quotes and backslashes would be misread.
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
    return {
      type: 'broken',
      at: line === undefined || column === undefined ? {} : positionInText({ line, column }),
    }
  }
}
