import { MAX_CATALOG_NAME_LENGTH, type DesiredSchema } from '../stores/schema.js'
import type { InputErrors } from './input-errors.js'
import type { InputTexts } from './input-texts.js'
import { readNumber } from './scalars.js'

/** The most characters of a principal: see `permissions.ts`. */
const MAX_OWNER_LENGTH = 256

const EXPECTED =
  'must be catalog.schema: the names of a catalog and of a schema in it, separated by a period. A name has up to ' +
  `${MAX_CATALOG_NAME_LENGTH} characters, without periods, slashes and spaces, also in backticks`

/** Reads `schema`, `owner`, `comment` and `expire-after-days`. */
export function readSchemaInputs(
  texts: InputTexts,
  env: NodeJS.ProcessEnv,
  errors: InputErrors,
): DesiredSchema {
  const owner = texts('owner').trim()
  const comment = texts('comment').trim()
  const name = parseSchemaName(texts('schema').trim())
  if (name === undefined) errors.add('schema', EXPECTED)
  if (Array.from(owner).length > MAX_OWNER_LENGTH || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u.test(owner))
    errors.add(
      'owner',
      `must be the e-mail of a user, the name of a group, or the application id of a service principal, in one line of up to ${MAX_OWNER_LENGTH} characters`,
    )
  for (const [input, text] of [['schema', name ?? ''] as const, ['owner', owner] as const])
    if (text.includes('##['))
      errors.add(
        input,
        'contains two number signs and a square bracket, which the runner reads as a command. Use another name',
      )
  return {
    kind: 'schema',
    name: name ?? '',
    owner: owner === '' ? undefined : owner,
    comment: comment === '' ? defaultComment(env) : comment,
    isDefaultComment: comment === '',
    expireAfterDays: readNumber('expire-after-days', errors, texts),
  }
}

/**
 * The name `catalog.schema` in lower case, as Unity Catalog stores it. Backticks, as in SQL, and spaces around its parts are
 * removed. Undefined if the text is not such a name.
 */
export function parseSchemaName(text: string): string | undefined {
  const parts = withoutBackticks(text)
    .split('.')
    .map((part) => withoutBackticks(part.trim()))
  const isName = parts.length === 2 && parts.every((part) => isCatalogName(part))
  return isName ? parts.join('.').toLowerCase() : undefined
}

function withoutBackticks(text: string): string {
  const [, inner = text] = /^`([^`]*)`$/.exec(text) ?? []
  return inner
}

function isCatalogName(text: string): boolean {
  return /^[^`./\s\p{C}]+$/u.test(text) && Array.from(text).length <= MAX_CATALOG_NAME_LENGTH
}

function defaultComment({ GITHUB_REPOSITORY: repository = '' }: NodeJS.ProcessEnv): string {
  return `Managed by ${repository === '' ? 'Databricks Secrets Sync' : repository}`
}
