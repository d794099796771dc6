import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type CST,
  type Document,
  type ErrorCode,
  type Node,
} from 'yaml'

import { formatNumber } from '../../format-number.js'
import { MAX_CONFIG_BYTES } from './target-config.js'

/** A place in a text. Lines and columns start at 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A scalar. Every scalar is text: `007`, `null` and `yes` too. */
export interface YamlText extends Position {
  readonly kind: 'text'
  readonly text: string
  /** Whether nothing is written here, not even empty quotes. */
  readonly isMissing: boolean
}

/** A mapping without duplicate keys, in the order of the text. */
export interface YamlMapping extends Position {
  readonly kind: 'mapping'
  readonly pairs: readonly { readonly key: YamlText; readonly value: YamlNode }[]
}

/** A list: a sequence of YAML. */
export interface YamlList extends Position {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
}

/** A part of a YAML document. */
export type YamlNode = YamlText | YamlMapping | YamlList

/** What is wrong in a YAML document, in our own words. It quotes nothing. */
export interface YamlProblem extends Position {
  readonly message: string
}

/** The most lexical tokens, which is about 12,000 lines `key: NAME`. It bounds the time that the parser takes. */
const MAX_TOKENS = 100_000

/** The most characters in one text or comment. It bounds the errors that one text can have. */
const MAX_TOKEN_LENGTH = 16_384

/** How deep mappings and lists may nest. The parser and its callers are recursive. */
const MAX_DEPTH = 20

/** The most texts, mappings and lists, with an alias as often as it is used. */
const MAX_NODES = 100_000

const TOO_LARGE = `the file is larger than ${formatNumber(MAX_CONFIG_BYTES)} bytes. Use several files, each in a step of its own`

const TOO_MANY =
  'the file has too many entries, or uses aliases too often. Use several files, each in a step of its own'

const TOO_LONG = `a text or comment has more than ${formatNumber(MAX_TOKEN_LENGTH)} characters. The file contains only names`

const TOO_DEEP = `mappings and lists are nested more than ${MAX_DEPTH} levels deep. Remove levels`

const NOT_TEXT =
  'the file contains a control character, or bytes that are not UTF-8. Save it as UTF-8 text without control characters'

const TAG = 'tags are not supported. If a text begins with an exclamation mark, put it into quotes'

const ALIAS = 'there is no anchor of this name above. If a text begins with an asterisk, put it into quotes'

const ANCHOR =
  'the anchor or alias is not valid here. If a text begins with an asterisk or an ampersand, put it into quotes'

const MERGE_KEY = 'merge keys are not supported. Put common fields into defaults'

const NOT_A_KEY =
  'the key of a field must be one text. Put a text with brackets, braces or a question mark into quotes'

const SECOND_DOCUMENT = 'a second document begins here. Write one document per file'

const DIRECTIVE = 'directives are not supported. Remove the line that begins with a percent sign'

const INVALID = 'not valid YAML. Check the quotes, brackets and colons here, and the indentation'

/** The messages for the errors of the parser, whose own messages quote the text. All others: {@link INVALID}. */
const MESSAGES = new Map<ErrorCode, string>([
  ['TAB_AS_INDENT', 'a tab indents the line. Indent with spaces'],
  [
    'BAD_INDENT',
    'the indentation is not valid, or a bracket or brace above is not closed. Align the fields of one level with spaces',
  ],
  [
    'MISSING_CHAR',
    'a character is missing here: a closing quote or bracket, a comma, or a colon and a space',
  ],
  ['MULTIPLE_DOCS', SECOND_DOCUMENT],
  ['BAD_ALIAS', ANCHOR],
  ['ALIAS_PROPS', ANCHOR],
  ['MULTIPLE_ANCHORS', ANCHOR],
  ['TAG_RESOLVE_FAILED', TAG],
  ['MULTIPLE_TAGS', TAG],
  ['BAD_SCALAR_START', 'a text cannot begin with this character. Put the text into quotes'],
  ['BAD_DQ_ESCAPE', 'the escape after the backslash is not valid. Put the text into single quotes'],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    'a second colon is on the line, or the line after it is indented too far. Put a text with a colon and a space into quotes, ' +
      'or align the line after it',
  ],
  [
    'BLOCK_IN_FLOW',
    'a list or a text of several lines cannot be inside brackets or braces. Write it without them',
  ],
  [
    'MULTILINE_IMPLICIT_KEY',
    'the line has no colon, or its key has several lines. Write a key, a colon and a space',
  ],
  ['KEY_OVER_1024_CHARS', 'the key has more than 1,024 characters'],
  ['BAD_DIRECTIVE', DIRECTIVE],
])

/**
 * Reads a YAML document with the failsafe schema: every scalar is text. Directives, tags, merge keys, duplicate keys and keys
 * that are not text are errors. Aliases are replaced by what they name. The size, the depth and the number of parts are
 * limited, so that it takes less than a second for any text. It throws nothing, and no message of the parser gets out.
 *
 * @returns The root, undefined if the document is empty; or the problems, one a line at most, in the order of the text.
 */
export function readYaml(text: string): {
  readonly root: YamlNode | undefined
  readonly problems: readonly YamlProblem[]
} {
  if (Buffer.byteLength(text) > MAX_CONFIG_BYTES) return { root: undefined, problems: [atStart(TOO_LARGE)] }
  const withoutMark = text.replace(/^\ufeff/, '')
  const control = /(?![\t\n]|\r\n)[\p{Cc}\p{Cs}\ufeff\ufffd]/u.exec(withoutMark)
  if (control !== null)
    return { root: undefined, problems: [{ ...positionIn(withoutMark, control.index), message: NOT_TEXT }] }
  const limit = Error.stackTraceLimit
  // The parser creates an error for each mistake. Their stack traces would take seconds.
  Error.stackTraceLimit = 0
  try {
    return parse(withoutMark)
  } catch {
    // Its message may quote the text.
    return { root: undefined, problems: [atStart(INVALID)] }
  } finally {
    Error.stackTraceLimit = limit
  }
}

function atStart(message: string): YamlProblem {
  return { line: 1, column: 1, message }
}

function positionIn(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n')
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}

function parse(text: string): ReturnType<typeof readYaml> {
  const counter = new LineCounter()
  const positionOf = (offset: number): Position => {
    const { line, col } = counter.linePos(offset)
    return { line, column: col }
  }
  const problems = new Problems(positionOf)
  const document = compose(text, counter, problems)
  for (const { pos, code } of document?.errors ?? []) problems.add(pos[0], MESSAGES.get(code) ?? INVALID)
  const contents = document?.contents ?? undefined
  // After an error, what the parser makes of the rest is a guess.
  const root =
    contents === undefined || isEmptyScalar(contents) || problems.all.length > 0
      ? undefined
      : new Converter(positionOf, problems).convert(contents)
  return { root: problems.all.length > 0 ? undefined : root, problems: problems.sorted() }
}

/** Parses the text; undefined if it goes beyond a limit. */
function compose(text: string, counter: LineCounter, problems: Problems): Document.Parsed | undefined {
  const parser = new Parser(counter.addNewLine)
  counter.addNewLine(0)
  const composer = new Composer({
    schema: 'failsafe',
    version: '1.2',
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
  })
  const documents: Document.Parsed[] = []
  const pass = (tokens: Iterable<CST.Token>): void => {
    for (const token of tokens) {
      if (token.type === 'directive') problems.add(token.offset, DIRECTIVE)
      else documents.push(...composer.next(token))
    }
  }
  let count = 0
  for (const lexeme of new Lexer().lex(text)) {
    count++
    const excess =
      count > MAX_TOKENS
        ? TOO_MANY
        : lexeme.length > MAX_TOKEN_LENGTH
          ? TOO_LONG
          : parser.stack.length > MAX_DEPTH
            ? TOO_DEEP
            : documents.length > 1
              ? SECOND_DOCUMENT
              : undefined
    if (excess !== undefined) {
      problems.add(parser.offset, excess)
      return undefined
    }
    pass(parser.next(lexeme))
  }
  pass(parser.end())
  documents.push(...composer.end(true, text.length))
  const [document, second] = documents
  if (second !== undefined) problems.add(second.range[0], SECOND_DOCUMENT)
  return document
}

function isEmptyScalar(node: Node): boolean {
  return isScalar(node) && node.source === '' && node.type === 'PLAIN'
}

/** Collects the first problem of each line: one mistake often causes several. */
class Problems {
  readonly all: YamlProblem[] = []
  readonly #lines = new Set<number>()
  readonly #positionOf: (offset: number) => Position

  constructor(positionOf: (offset: number) => Position) {
    this.#positionOf = positionOf
  }

  add(offset: number, message: string): void {
    const position = this.#positionOf(offset)
    if (this.#lines.has(position.line)) return
    this.#lines.add(position.line)
    this.all.push({ ...position, message })
  }

  sorted(): YamlProblem[] {
    return this.all.sort((a, b) => a.line - b.line)
  }
}

/** Makes our nodes of those of the parser. */
class Converter {
  readonly #positionOf: (offset: number) => Position
  readonly #problems: Problems
  /** What an anchor names, with the number of nodes in it. */
  readonly #anchors = new Map<string, { readonly node: YamlNode; readonly nodes: number }>()
  #nodes = 0

  constructor(positionOf: (offset: number) => Position, problems: Problems) {
    this.#positionOf = positionOf
    this.#problems = problems
  }

  convert(node: Node): YamlNode {
    const before = this.#nodes
    const offset = node.range?.[0] ?? 0
    if (isAlias(node)) return this.#resolve(node.source, offset)
    this.#count(1, offset)
    if (node.tag !== undefined) this.#problems.add(offset, TAG)
    const converted = this.#convertContents(node, offset)
    // Only now, so that an anchor cannot contain itself.
    if (node.anchor !== undefined)
      this.#anchors.set(node.anchor, { node: converted, nodes: this.#nodes - before })
    return converted
  }

  #resolve(name: string, offset: number): YamlNode {
    const anchor = this.#anchors.get(name)
    if (anchor === undefined) {
      this.#problems.add(offset, ALIAS)
      return this.#missing(offset)
    }
    this.#count(anchor.nodes, offset)
    return anchor.node
  }

  #convertContents(node: Node, offset: number): YamlNode {
    const position = this.#positionOf(offset)
    if (isSeq<Node>(node))
      return { kind: 'list', items: node.items.map((item) => this.convert(item)), ...position }
    if (isMap<Node, Node | null>(node)) {
      const pairs: { key: YamlText; value: YamlNode }[] = []
      const lines = new Map<string, number>()
      for (const pair of node.items) {
        const at = pair.key.range?.[0] ?? offset
        const key = isAlias(pair.key) ? undefined : this.convert(pair.key)
        const value = this.#convertValue(pair.value, at)
        if (key?.kind !== 'text' || key.isMissing) this.#problems.add(at, NOT_A_KEY)
        else if (key.text === '<<') this.#problems.add(at, MERGE_KEY)
        else {
          const first = lines.get(key.text)
          if (first !== undefined) this.#problems.add(at, `same key as in line ${first}. Remove one of them`)
          else {
            lines.set(key.text, key.line)
            pairs.push({ key, value })
          }
        }
      }
      return { kind: 'mapping', pairs, ...position }
    }
    const text = isScalar(node) && typeof node.value === 'string' ? node.value : ''
    return { kind: 'text', text, isMissing: isEmptyScalar(node), ...position }
  }

  /** A missing value has the place of its key. */
  #convertValue(node: Node | null, keyOffset: number): YamlNode {
    const value = node === null ? this.#missing(keyOffset) : this.convert(node)
    return value.kind === 'text' && value.isMissing ? this.#missing(keyOffset) : value
  }

  #missing(offset: number): YamlText {
    return { kind: 'text', text: '', isMissing: true, ...this.#positionOf(offset) }
  }

  #count(nodes: number, offset: number): void {
    const wasBelow = this.#nodes <= MAX_NODES
    this.#nodes += nodes
    if (wasBelow && this.#nodes > MAX_NODES) this.#problems.add(offset, TOO_MANY)
  }
}
