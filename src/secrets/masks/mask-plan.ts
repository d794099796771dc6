import type { SecretValue } from '../../secret-value.js'
import { commandBytes, registerMasks } from './masks.js'
import { longestFirst, runnerMasksOf, type FormGroup, type RunnerMasks } from './value-forms.js'

/** The most masks that a run registers beyond values as they are and credentials: with 10,000, each later log line takes the runner 4 ms. */
export const MAX_MASKS = 10_000

/** The most bytes of commands for these. The runner keeps several forms of each mask in memory until the job ends. */
export const MAX_COMMAND_BYTES = 4_000_000

/** After so many values in a row that had no room, the forms of the next ones, which are longer, are not worked out. */
const MAX_MISSES = 20

/** A value to mask. Its key, where it has one, is named if not all of its forms have room. */
export interface MaskedSecret {
  readonly key?: string
  readonly value: SecretValue
}

/** What to register with the runner, and what is not in it. */
export interface MaskPlan {
  /** The longest first, none twice. None has a line break, and of a value of several lines none is under four characters. */
  readonly masks: readonly string[]
  /** The values of which some forms are not masked, with these forms. */
  readonly uncovered: readonly { readonly key?: string; readonly forms: readonly FormGroup[] }[]
}

/**
 * Chooses the masks of a run.
 *
 * The runner works line by line, so a value of several lines is protected by its lines alone, and it registers each
 * line of a mask, however short (actions/runner issue 326): so we choose the lines, and no mask holds a line break.
 * A value of one line is registered whole, however short it is; of anything else, nothing under `MIN_MASK_LENGTH`.
 *
 * To the values come the forms that tools print them in and that the runner does not derive by itself: those of
 * credentials always, the others up to `MAX_MASKS` and `MAX_COMMAND_BYTES`, first base64 of the whole, then the others,
 * those of short values first. The forms of one kind of one value are masked all or not at all.
 */
export function planMasks(
  secrets: readonly MaskedSecret[],
  credentials: readonly SecretValue[] = [],
): MaskPlan {
  const budget = new Budget()
  const signIn = credentials.map((value) => runnerMasksOf(value, { inLines: false }))
  const bySize = secrets
    .map(({ key, value }) => ({ key, of: runnerMasksOf(value) }))
    .sort((one, other) => one.of.size - other.of.size)
  const all = [...signIn, ...bySize.map((each) => each.of)]

  for (const each of all) budget.takeAlways(each.raw())
  for (const each of signIn) {
    budget.takeAlways([...each.base64(), ...each.embeddedBase64(), ...each.hex(), ...each.escaped()])
  }
  const uncovered = new Map<RunnerMasks, { key?: string; forms: FormGroup[] }>()
  const take = (forms: FormGroup, { key, of }: (typeof bySize)[number]): void => {
    if (budget.take(of.fewest(forms), () => of[forms]())) return
    const known = uncovered.get(of) ?? { ...(key !== undefined && { key }), forms: [] }
    known.forms.push(forms)
    uncovered.set(of, known)
  }
  for (const each of bySize) take('base64', each)
  // Base64 of long values may have had no room where other forms of short ones have.
  budget.forgetMisses()
  for (const each of bySize) {
    for (const forms of ['embeddedBase64', 'hex', 'escaped'] as const) take(forms, each)
  }
  return { masks: longestFirst(budget.masks), uncovered: [...uncovered.values()] }
}

/** The masks that are chosen so far, and what is left to choose. */
class Budget {
  readonly masks = new Set<string>()
  #masksLeft = MAX_MASKS
  #bytesLeft = MAX_COMMAND_BYTES
  #misses = 0

  forgetMisses(): void {
    this.#misses = 0
  }

  takeAlways(masks: readonly string[]): void {
    for (const mask of masks) this.masks.add(mask)
  }

  /**
   * Takes all of these masks, or none of them.
   *
   * @returns False if there is no room for them.
   */
  take(fewest: number, make: () => readonly string[]): boolean {
    if (fewest > 0 && (this.#misses >= MAX_MISSES || this.#masksLeft < fewest)) return false
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
 * Registers the masks of {@link planMasks} where something unexpected may go wrong meanwhile: a value that cannot be masked
 * keeps no other from it, and the values as they are come first. Throws nothing.
 */
export function registerPossibleMasks(
  secrets: readonly MaskedSecret[],
  credentials: readonly SecretValue[],
): void {
  for (const value of [...credentials, ...secrets.map((each) => each.value)]) {
    attempt(() => {
      registerMasks(runnerMasksOf(value).raw())
    })
  }
  const soundSecrets = secrets.filter((secret) => attempt(() => planMasks([secret])))
  const soundCredentials = credentials.filter((value) => attempt(() => planMasks([], [value])))
  attempt(() => {
    registerMasks(planMasks(soundSecrets, soundCredentials).masks)
  })
}

/** False if it throws; what has gone wrong before is what the run ends with. */
function attempt(what: () => unknown): boolean {
  try {
    what()
    return true
  } catch {
    return false
  }
}
