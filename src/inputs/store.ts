import type { DesiredStore } from '../stores/store-definition.js'
import { isDefault, type InputName } from './input-definitions.js'
import type { InputErrors } from './input-errors.js'
import type { InputTexts } from './input-texts.js'
import { readSchemaInputs } from './schema.js'
import { readScopeInputs } from './scope.js'

/** The inputs that only a scope has. */
const OF_SCOPES = [
  'create-scope',
  'initial-manage-principal',
  'consumers',
] as const satisfies readonly InputName[]

/** The inputs that only a schema has. */
const OF_SCHEMAS = ['owner', 'comment', 'expire-after-days'] as const satisfies readonly InputName[]

/** Reads the scope or the schema to write to. Exactly one of both is required. */
export function readStoreInputs(
  texts: InputTexts,
  env: NodeJS.ProcessEnv,
  errors: InputErrors,
): DesiredStore {
  const hasScope = texts('scope').trim() !== ''
  const hasSchema = texts('schema').trim() !== ''
  if (hasScope && hasSchema)
    errors.add('schema', 'cannot be set together with scope. Remove one of them, and use a step for each')
  if (hasScope || !hasSchema) {
    if (!hasSchema) refuse(OF_SCHEMAS, 'a schema of Unity Catalog', texts, errors)
    return readScopeInputs(texts, errors)
  }
  refuse(OF_SCOPES, 'a secret scope', texts, errors)
  return readSchemaInputs(texts, env, errors)
}

function refuse(inputs: readonly InputName[], what: string, texts: InputTexts, errors: InputErrors): void {
  for (const input of inputs)
    if (!isDefault(input, texts(input))) errors.add(input, `is only for ${what}. Remove it`)
}
