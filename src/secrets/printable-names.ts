import type { InputLocation } from './input-error.js'
import { isKey } from './key.js'
import type { MapDocument } from './map-document.js'
import type { SourceResult } from './secret-map.js'

/** Whether a valid key contains no part of a value. */
export type IsPrintableName = (name: string) => boolean

/**
 * Adds the names to the locations of the documents' members, so that errors can print them. A name is added if it is surely
 * a name, is a valid key, and contains no part of a value. In `{"<password>": "<user>"}` the name may be a secret, which
 * is the value of another name.
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

/** Removes the names that are not safe to print from the locations of entries and errors. */
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
