import type { PageRules } from '../pages.js'
import { CONSUMER_KINDS, Consumers, type ConsumersOptions } from './consumers.js'
import { KIND_REFUSAL_NAMES } from './kind-refusals.js'

type Fields = Readonly<Record<string, unknown>>

const OPTIONS: readonly string[] = ['content', 'pages', 'maxElements', 'unavailable']
const PAGE_RULES: readonly (keyof PageRules)[] = ['size', 'emptyBefore', 'tokenAfterLast']

/**
 * Reads the option `consumers` of a workspace from JSON:
 *
 *     {
 *       "content": {
 *         "clusters": [{ "spark_conf": { "key": "{{secrets/storage/key}}" }, "visibleTo": ["data-team"] }],
 *         "sqlWarehouses": { "data_access_config": [{ "key": "spark.key", "value": "{{secrets/storage/key}}" }] }
 *       },
 *       "pages": { "size": 1 },
 *       "unavailable": { "apps": "disabled" }
 *     }
 *
 * @throws Error that says what is wrong
 */
export function parseConsumersOptions(text: string): ConsumersOptions {
  const options = objectOf('The file', parsed(text), OPTIONS)
  const content = objectOf('content', options['content'] ?? {}, CONSUMER_KINDS)
  for (const [kind, given] of Object.entries(content)) {
    if (kind === 'sqlWarehouses') objectOf(kind, given)
    else
      for (const element of listOf(kind, given))
        checkElement(kind, objectOf(`An element of ${kind}`, element))
  }
  for (const [kind, form] of Object.entries(
    objectOf('unavailable', options['unavailable'] ?? {}, CONSUMER_KINDS),
  )) {
    if (!(KIND_REFUSAL_NAMES as readonly unknown[]).includes(form)) {
      throw new Error(`unavailable.${kind} is one of ${KIND_REFUSAL_NAMES.join(', ')}.`)
    }
  }
  const { size = 1, emptyBefore = 0 } = objectOf('pages', options['pages'] ?? {}, PAGE_RULES)
  checkNumber('pages.size', size, 1)
  checkNumber('pages.emptyBefore', emptyBefore, 0)
  checkNumber('maxElements', options['maxElements'] ?? 1, 1)
  // It finds two elements with the same id.
  new Consumers(options)
  return options
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('The file is not JSON.')
  }
}

function objectOf(what: string, value: unknown, known?: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${what} is not an object.`)
  }
  const unknown = Object.keys(value).find((field) => known?.includes(field) === false)
  if (unknown !== undefined) throw new Error(`${what} has an unknown field: ${unknown}.`)
  return value as Fields
}

function listOf(what: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${what} is not a list.`)
  return value
}

function checkElement(kind: string, { visibleTo = [] }: Fields): void {
  if (!listOf(`visibleTo in ${kind}`, visibleTo).every((name) => typeof name === 'string')) {
    throw new Error(`visibleTo in ${kind} is not a list of names.`)
  }
}

function checkNumber(what: string, value: unknown, least: number): void {
  if (!Number.isInteger(value) || Number(value) < least) {
    throw new Error(`${what} is a whole number from ${least} on.`)
  }
}
