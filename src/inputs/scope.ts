import { MAX_NAME_LENGTH, type DesiredScope } from '../stores/scope.js'
import type { InputErrors } from './input-errors.js'
import type { InputTexts } from './input-texts.js'
import { readBoolean, readChoice } from './scalars.js'

const NOT_SET =
  'not set. Give the name of the secret scope, or of a schema of Unity Catalog in the input schema'

/**
 * Reads `scope`, `create-scope` and `initial-manage-principal`. Only names that are sure to fail are refused: the
 * workspace decides about the others.
 */
export function readScopeInputs(texts: InputTexts, errors: InputErrors): DesiredScope {
  const name = texts('scope').trim()
  if (name === '') errors.add('scope', NOT_SET, 'not-visible')
  if (Array.from(name).length > MAX_NAME_LENGTH)
    errors.add('scope', `has more than ${MAX_NAME_LENGTH} characters`)
  if (name.includes('##['))
    errors.add(
      'scope',
      'contains two number signs and a square bracket, which the runner reads as a command. Use another scope',
    )
  if (/\p{Cc}/u.test(name))
    errors.add('scope', 'contains a control character, such as a line break. Give one name')
  return {
    kind: 'scope',
    name,
    create: readBoolean('create-scope', errors, texts),
    initialManagePrincipal: readChoice('initial-manage-principal', errors, texts),
  }
}
