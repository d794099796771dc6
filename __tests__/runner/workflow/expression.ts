import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

type Functions = ConstructorParameters<typeof Parser>[2]
type FunctionMap = NonNullable<ConstructorParameters<typeof Evaluator>[2]>

/** How a job, or what it needs, has gone: what `success()` and `failure()` answer. */
export type Status = 'success' | 'failure' | 'skipped'

/** What expressions can see. */
export interface Scope {
  /**
   * By name of the context. What a context does not have is an error, so that a name with a slip of the pen does not pass
   * for an empty text. But it is for a repository to have secrets and variables or not, and for the event to have inputs.
   */
  readonly contexts: Readonly<Record<string, object>>
  readonly status: Status
}

const STATUS_FUNCTIONS = ['always', 'cancelled', 'failure', 'success']
const OPEN_CONTEXTS = ['inputs', 'secrets', 'vars']

/**
 * A text of a workflow with the values of its expressions, by GitHub's own evaluator.
 * @throws Error on an expression that is malformed, or names what is not there
 */
export function interpolate(text: string, scope: Scope): string {
  let result = ''
  let rest = text
  for (let start = rest.indexOf('${{'); start >= 0; start = rest.indexOf('${{')) {
    const end = endOf(rest, start)
    result += rest.slice(0, start) + evaluate(rest.slice(start + 3, end), scope).coerceString()
    rest = rest.slice(end + 2)
  }
  return result + rest
}

/**
 * Whether an `if:` lets its step or job run. Unless it asks for the status itself, it has to have gone well so far.
 * @throws Error on an expression that is malformed, names what is not there, or is one only in part
 */
export function holds(condition: string | undefined, scope: Scope): boolean {
  const [, body = condition ?? ''] = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition ?? '') ?? []
  if (body.includes('${{')) throw new Error(`This is no single expression: ${body}`)
  const expression = body.trim() === '' ? 'success()' : body
  const asked = new Lexer(expression).lex().tokens.map(({ lexeme }) => lexeme.toLowerCase())
  const asksForStatus = asked.some((lexeme) => STATUS_FUNCTIONS.includes(lexeme))
  const whole = asksForStatus ? expression : `success() && (${expression})`
  // Two negations make of any value what GitHub takes it for.
  return evaluate(`!!(${whole})`, scope).coerceString() === 'true'
}

/** The place of the `}}` that ends the expression which starts at `start`; one in a string ends nothing. */
function endOf(text: string, start: number): number {
  let quoted = false
  for (let at = start + 3; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted
    else if (!quoted && text.startsWith('}}', at)) return at
  }
  throw new Error(`This expression has no end: ${text.slice(start)}`)
}

function evaluate(text: string, { contexts, status }: Scope): data.ExpressionData {
  const functions: Functions = STATUS_FUNCTIONS.map((name) => ({ name, minArgs: 0, maxArgs: 0 }))
  const answers: Record<string, boolean> = {
    always: true,
    cancelled: false,
    failure: status === 'failure',
    success: status === 'success',
  }
  const calls: FunctionMap = new Map(
    functions.map((declared) => [
      declared.name,
      { ...declared, call: () => new data.BooleanData(answers[declared.name] ?? false) },
    ]),
  )
  const tree = new Parser(new Lexer(text).lex().tokens, Object.keys(contexts), functions).parse()
  const world = new data.Dictionary(
    ...Object.entries(contexts).map(([key, value]) => ({
      key,
      value: dataOf(value, OPEN_CONTEXTS.includes(key) ? undefined : key),
    })),
  )
  return new Evaluator(tree, world, calls).evaluate()
}

/** @param place what to call it in an error; undefined for what answers `null` to a name that it does not have */
function dataOf(value: unknown, place: string | undefined): data.ExpressionData {
  if (typeof value === 'string') return new data.StringData(value)
  if (typeof value === 'number') return new data.NumberData(value)
  if (typeof value === 'boolean') return new data.BooleanData(value)
  if (value === null || value === undefined) return new data.Null()
  if (Array.isArray(value)) return new data.Array(...value.map((element) => dataOf(element, place)))
  const pairs = Object.entries(value).map(([key, member]) => ({
    key,
    value: dataOf(member, place === undefined ? undefined : `${place}.${key}`),
  }))
  return place === undefined ? new data.Dictionary(...pairs) : new Closed(place, pairs)
}

/** A context that has no other members than those it was made with. */
class Closed extends data.Dictionary {
  readonly #place: string

  constructor(place: string, pairs: readonly { key: string; value: data.ExpressionData }[]) {
    super(...pairs)
    this.#place = place
  }

  override get(key: string): data.ExpressionData {
    const value = super.get(key)
    if (value === undefined) throw new Error(`There is no ${this.#place}.${key} here.`)
    return value
  }
}
