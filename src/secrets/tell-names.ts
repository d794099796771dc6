import type { Place } from '../fault.js'
import { isKey } from './key.js'
import type { MapDocument } from './map-document.js'
import type { Reading } from './secret-map.js'

/** Whether a name, which could be a key, shows nothing of a value. */
export type CanBeTold = (name: string) => boolean

/**
 * Gives the places in these documents the names that stand there, so that faults can tell them. A name is told where it
 * is sure to be one, could be a key (which everybody sees), and holds no piece of a value: `{"<password>": "<user>"}`
 * is a map as well, and the password may stand elsewhere as a value.
 */
export function tellNames(documents: readonly MapDocument[], canBeTold: CanBeTold): MapDocument[] {
  return documents.map((document) => ({
    ...document,
    members: document.members.map((member) =>
      document.namesAreSure && isKey(member.name) && canBeTold(member.name)
        ? { ...member, place: { ...member.place, name: member.name } }
        : member,
    ),
  }))
}

/** Takes the names out of the places that must not be told: readers of lines put in what is sure to be a key. */
export function hideNames(reading: Reading, canBeTold: CanBeTold): Reading {
  const hide = <T extends Place>(place: T): T => {
    const { name, ...rest } = place
    return name === undefined || canBeTold(name) ? place : (rest as T)
  }
  return {
    ...reading,
    entries: reading.entries.map((entry) => ({ ...entry, place: hide(entry.place) })),
    faults: reading.faults.map(hide),
  }
}
