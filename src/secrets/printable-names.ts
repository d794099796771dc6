import type { InputLocation } from './input-error.js'
import { isKey } from './key.js'
import type { MapDocument } from './map-document.js'
import type { SourceResult } from './secret-map.js'

/** Whether a name, which could be a key, shows nothing of a value. */
export type IsPrintableName = (name: string) => boolean

/**
 * Gives the places in these documents the names that stand there, so that faults can tell them. A name is told where it
 * is sure to be one, could be a key (which everybody sees), and holds no piece of a value: `{"<password>": "<user>"}`
 * is a map as well, and the password may stand elsewhere as a value.
 */
export function addPrintableNames(
  documents: readonly MapDocument[],
  isPrintableName: IsPrintableName,
): MapDocument[] {
  return documents.map((document) => ({
    ...document,
    members: document.members.map((member) =>
      document.namesAreReliable && isKey(member.name) && isPrintableName(member.name)
        ? { ...member, location: { ...member.location, name: member.name } }
        : member,
    ),
  }))
}

/** Takes the names out of the places that must not be told: readers of lines put in what is sure to be a key. */
export function removeUnprintableNames(
  reading: SourceResult,
  isPrintableName: IsPrintableName,
): SourceResult {
  const hide = <T extends InputLocation>(location: T): T => {
    const { name, ...rest } = location
    return name === undefined || isPrintableName(name) ? location : (rest as T)
  }
  return {
    ...reading,
    entries: reading.entries.map((entry) => ({ ...entry, location: hide(entry.location) })),
    errors: reading.errors.map(hide),
  }
}
