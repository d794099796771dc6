import type { SecretValue } from '../secret-value.js'
import { isKey, MAX_NAME_LENGTH } from './key.js'
import type { MapDocument } from './map-document.js'
import { tellingPieces } from './masks.js'

/**
 * Gives the places in these documents the names that stand there, so that faults can tell them. A name is told where it
 * is sure to be one, could be a key (which everybody sees), and holds no piece of a value: `{"<password>": "<user>"}`
 * is a map as well, and the password may stand elsewhere as a value.
 *
 * @param values Everything that no name may show: all values that were read, and what this run signs in with.
 */
export function tellNames(documents: readonly MapDocument[], values: readonly SecretValue[]): MapDocument[] {
  const names = documents
    .filter(({ namesAreSure }) => namesAreSure)
    .flatMap(({ members }) => members.map(({ name }) => name).filter(isKey))
  const telling = piecesIn(names, values)
  const safe = new Set(names.filter((name) => !telling.some((piece) => piece.occursIn(name))))
  return documents.map((document) => ({
    ...document,
    members: document.members.map((member) =>
      document.namesAreSure && safe.has(member.name)
        ? { ...member, place: { ...member.place, name: member.name } }
        : member,
    ),
  }))
}

/** The telling pieces of values that stand in any of these names, or in several: few, if any, of thousands. */
export function piecesIn(names: readonly string[], values: readonly SecretValue[]): SecretValue[] {
  const all = names.join('\n')
  return tellingPieces(values, MAX_NAME_LENGTH).filter((piece) => piece.occursIn(all))
}
