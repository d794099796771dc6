import type { SecretValue } from '../../secret-value.js'
import { commandBytes, registerMasks } from './register-masks.js'
import { runnerMasksOf, type FormGroup, type RunnerMasks } from './runner-masks.js'
import { longestFirst } from './value-forms.js'

/**
 * The limit of masks, not counting plain values and credentials. With 10,000 masks, the runner needs 4 ms for each later
 * log line.
 */
export const MAX_MASKS = 10_000

/** The limit of bytes in the commands for these masks. The runner keeps several forms of each mask until the job ends. */
export const MAX_COMMAND_BYTES = 4_000_000

/** After this many values in a row that did not fit, the forms of longer values are not computed. */
const MAX_MISSES = 20

/** A value to mask. The report names its key if some of its forms are not masked. */
export interface SecretToMask {
  readonly key?: string
  readonly value: SecretValue
}

/** The masks to register, and the forms that are not masked. */
export interface MaskPlan {
  /** The longest first, without duplicates or line breaks. Lines of a value have at least four characters. */
  readonly masks: readonly string[]
  /** The values with forms that are not masked. */
  readonly uncovered: readonly { readonly key?: string; readonly forms: readonly FormGroup[] }[]
}

/**
 * Chooses the masks of a run.
 *
 * The runner masks line by line. It registers each line of a mask, even a very short one (actions/runner issue 326).
 * Therefore this function chooses the lines itself, and no mask contains a line break. A value of one line is always
 * registered. All other masks have at least `MIN_MASK_LENGTH` characters.
 *
 * Tools print values in forms that the runner does not derive itself. The forms of credentials are always masked. The
 * forms of secrets are masked up to `MAX_MASKS` and `MAX_COMMAND_BYTES`: first base64 of whole values, then the other
 * groups, short values first. A group of forms of one value is masked completely or not at all.
 */
export function planMasks(
  secrets: readonly SecretToMask[],
  credentials: readonly SecretValue[] = [],
): MaskPlan {
  const budget = new Budget()
  const credentialMasks = credentials.map((value) => runnerMasksOf(value, { brokenIntoLines: false }))
  const bySize = secrets
    .map(({ key, value }) => ({ key, masks: runnerMasksOf(value) }))
    .sort((one, other) => one.masks.size - other.masks.size)
  const all = [...credentialMasks, ...bySize.map((each) => each.masks)]

  for (const each of all) budget.addUnlimited(each.plain())
  for (const each of credentialMasks) {
    budget.addUnlimited([...each.base64(), ...each.embeddedBase64(), ...each.hex(), ...each.escaped()])
  }
  const uncovered = new Map<RunnerMasks, { key?: string; forms: FormGroup[] }>()
  const addForms = (forms: FormGroup, { key, masks }: (typeof bySize)[number]): void => {
    if (budget.addAll(masks.minCount(forms), () => masks[forms]())) return
    const known = uncovered.get(masks) ?? { ...(key !== undefined && { key }), forms: [] }
    known.forms.push(forms)
    uncovered.set(masks, known)
  }
  for (const each of bySize) addForms('base64', each)
  // Other forms of short values may fit even if base64 of long values did not.
  budget.forgetMisses()
  for (const each of bySize) {
    for (const forms of ['embeddedBase64', 'hex', 'escaped'] as const) addForms(forms, each)
  }
  return { masks: longestFirst(budget.masks), uncovered: [...uncovered.values()] }
}

/** The chosen masks, and what is left of the limits. */
class Budget {
  readonly masks = new Set<string>()
  #masksLeft = MAX_MASKS
  #bytesLeft = MAX_COMMAND_BYTES
  #misses = 0

  forgetMisses(): void {
    this.#misses = 0
  }

  addUnlimited(masks: readonly string[]): void {
    for (const mask of masks) this.masks.add(mask)
  }

  /**
   * Adds all of these masks, or none of them.
   *
   * @param atLeast A lower bound of their number; 0 if it is unknown.
   * @returns False if they do not fit.
   */
  addAll(atLeast: number, make: () => readonly string[]): boolean {
    if (atLeast > 0 && (this.#misses >= MAX_MISSES || this.#masksLeft < atLeast)) return false
    const fresh = [...new Set(make())].filter((mask) => !this.masks.has(mask))
    const bytes = fresh.reduce((sum, mask) => sum + commandBytes(mask), 0)
    if (fresh.length > this.#masksLeft || bytes > this.#bytesLeft) {
      this.#misses++
      return false
    }
    if (fresh.length > 0) this.#misses = 0
    for (const mask of fresh) this.masks.add(mask)
    this.#masksLeft -= fresh.length
    this.#bytesLeft -= bytes
    return true
  }
}

/**
 * Registers masks after an unexpected error: the plain values first, then the masks of {@link planMasks}. An error with one
 * value does not stop the others. Throws nothing.
 */
export function registerPossibleMasks(
  secrets: readonly SecretToMask[],
  credentials: readonly SecretValue[],
): void {
  for (const value of [...credentials, ...secrets.map((each) => each.value)]) {
    attempt(() => {
      registerMasks(runnerMasksOf(value).plain())
    })
  }
  const maskableSecrets = secrets.filter((secret) => attempt(() => planMasks([secret])))
  const maskableCredentials = credentials.filter((value) => attempt(() => planMasks([], [value])))
  attempt(() => {
    registerMasks(planMasks(maskableSecrets, maskableCredentials).masks)
  })
}

/** Runs an action, and returns false if it throws. The run ends with the earlier error. */
function attempt(action: () => unknown): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}
