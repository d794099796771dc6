/** The longest call, in UTF-16 code units. The bound makes the time proportional to the length of the text. */
const MAX_CALL_LENGTH = 2_000

/** The longest name in a literal. */
const MAX_NAME_LENGTH = 128

/** Methods with the parameters `scope` and `key`: of `dbutils.secrets`, and of `secrets` in the Python SDK. */
const METHODS = ['get', 'getBytes', 'get_secret']

/** A call that names a scope and a key in literals. */
export interface CodeReference {
  /** Where it starts, in UTF-16 code units. */
  readonly start: number
  readonly scope: string
  readonly key: string
}

/**
 * Finds the calls in a text that read a secret and name its scope and key in literals: `dbutils.secrets.get` and `getBytes`
 * in Python, Scala and R, `secret` and `try_secret` in SQL. The arguments may be positional or named, in both orders. The
 * text may be code, an exported notebook, or code in a string of another language with escaped quotes.
 *
 * A call with `catalog`, `schema` and `key` reads a Unity Catalog secret, so it is not found. Names in variables and
 * interpolated texts are not found.
 */
export function findCodeReferences(text: string): CodeReference[] {
  const found: CodeReference[] = []
  for (const { index: start } of text.matchAll(/secret/gi)) {
    const scanner = new Scanner(text, start)
    if (!scanner.takeFunction()) continue
    const pair = takeArguments(scanner)
    if (pair !== undefined) found.push({ start, ...pair })
  }
  return found
}

/** Reads two arguments and the closing parenthesis. Undefined if they are not the literals of a scope and a key. */
function takeArguments(scanner: Scanner): { scope: string; key: string } | undefined {
  const pair: { scope?: string; key?: string } = {}
  for (const position of ['scope', 'key'] as const) {
    const name = scanner.takeArgumentName() ?? position
    const literal = scanner.takeLiteral()
    if (literal === undefined || (name !== 'scope' && name !== 'key') || name in pair) return undefined
    pair[name] = literal
    const isLast = position === 'key'
    if (!scanner.take(',') && !isLast) return undefined
  }
  const { scope, key } = pair
  return scope !== undefined && key !== undefined && scanner.take(')') ? { scope, key } : undefined
}

/** Reads one call from a text, without a parser for each language. */
class Scanner {
  readonly #text: string
  readonly #limit: number
  #at: number

  constructor(text: string, start: number) {
    this.#text = text
    this.#at = start
    this.#limit = Math.min(text.length, start + MAX_CALL_LENGTH)
  }

  /** Takes the name of the function and the opening parenthesis. */
  takeFunction(): boolean {
    const before = this.#text.slice(Math.max(0, this.#at - 5), this.#at)
    if (this.#text.startsWith('secrets', this.#at)) {
      if (/\w$/.test(before)) return false
      this.#at += 'secrets'.length
      return this.take('.') && METHODS.includes(this.#takeWord()) && this.take('(')
    }
    if (!/(?:^|[^\w.])(?:try_)?$/i.test(before)) return false
    this.#at += 'secret'.length
    return this.take('(')
  }

  /** Takes a name and `=`, or `=>` in SQL. */
  takeArgumentName(): string | undefined {
    this.#skipBlanks()
    const start = this.#at
    const name = this.#takeWord().toLowerCase()
    if (name !== '' && this.take('=')) {
      this.take('>')
      return name
    }
    this.#at = start
    return undefined
  }

  /** Takes a literal that can be a name. Undefined for anything else. */
  takeLiteral(): string | undefined {
    this.#skipBlanks()
    const [prefix = ''] = this.#match(/[a-z]{0,2}(?=["'\\])/iy) ?? []
    const [quote] = this.#match(/\\?(?:"""|'''|"|')/y) ?? []
    if (quote === undefined) return undefined
    const end = this.#text.indexOf(quote, this.#at)
    if (end === -1 || end > this.#at + MAX_NAME_LENGTH) return undefined
    const literal = this.#text.slice(this.#at, end)
    const isInterpolated = /[fs]/i.test(prefix) && /[{$]/.test(literal)
    if (isInterpolated || !/^[^\\"'\r\n]+$/.test(literal)) return undefined
    this.#at = end + quote.length
    return literal
  }

  /** Takes a character, after blanks. */
  take(character: string): boolean {
    this.#skipBlanks()
    if (this.#at >= this.#limit || this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #takeWord(): string {
    this.#skipBlanks()
    return this.#match(/\w{0,32}/y)?.[0] ?? ''
  }

  /** Skips white space, comments, continued lines, escaped line breaks, and what exported notebooks put before a line. */
  #skipBlanks(): void {
    while (
      this.#at < this.#limit &&
      this.#match(
        /\s{1,99}|\\(?:[nrt]|\r?\n)|(?:#|\/\/|--) MAGIC|(?:#|\/\/|--)[^\r\n]{0,999}|\/\*[^*]{0,999}\*\//y,
      )
    );
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match !== null) this.#at = pattern.lastIndex
    return match
  }
}
