import type { Fault, Place, Problem } from '../fault.js'
import { SecretValue } from '../secret-value.js'

/** A name and what stands for it, in a JSON object or a dotenv file. */
export interface MapMember {
  readonly name: string
  /** The value, or undefined where there is none that could be put. */
  readonly value: SecretValue | undefined
  /** What is wrong with what stands for the name. It counts only if the member is not left out. */
  readonly problem?: Problem
  readonly place: Place
}

/** A document that holds a whole map, read but not yet chosen from: in its order, with the repeats of its names. */
export interface MapDocument {
  readonly members: readonly MapMember[]
  /** What is wrong with the document itself, whatever is left out of it. */
  readonly faults: readonly Fault[]
  /** Values, and pieces of them, that are in no member: they are masked like the others. */
  readonly unused: readonly SecretValue[]
  /** Whether what stands where a name belongs is sure to be one, and no piece of a value that was pasted badly. */
  readonly namesAreSure: boolean
}

/** A member whose value is this text: with a problem where it is there for who has its key alone. */
export function textMember(name: string, text: string, place: Place): MapMember {
  const isEncrypted = /^ENC\[AES256_GCM,data:[^\]]*\]$/.test(text)
  return {
    name,
    value: new SecretValue(text),
    ...(isEncrypted && { problem: { message: STILL_ENCRYPTED } }),
    place,
  }
}

const STILL_ENCRYPTED =
  'the value is still encrypted by sops. Decrypt the map in an earlier step, with sops decrypt --output-type json'
