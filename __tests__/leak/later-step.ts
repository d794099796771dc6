import { CommandProcessor } from '../runner/command-processor.js'
import { JobLog } from '../runner/job-log.js'
import { SecretMasker } from '../runner/secret-masker.js'
import type { LaterForm } from './later-forms.js'

/** So many characters in a row of a form are no coincidence. */
const TOO_MANY = 16

/** A shorter form comes up by chance, and is not masked. */
const SHORTEST = 6

const laterSteps = new WeakMap<readonly string[], LaterStep>()

/** The step that comes after a run with these masks; the same one for the same list, since registering takes long. */
export function laterStepWith(masks: readonly string[]): LaterStep {
  const step = laterSteps.get(masks) ?? new LaterStep(masks)
  laterSteps.set(masks, step)
  return step
}

/** A step of the job that comes later, with the masks that are registered by then. */
export class LaterStep {
  readonly #masker = new SecretMasker()

  constructor(masks: readonly string[]) {
    for (const mask of masks) this.#masker.add(mask)
  }

  /** What the log and the annotations show of these lines: the runner looks for commands first, and masks then. */
  shown(lines: readonly string[]): string[] {
    const log = new JobLog(this.#masker, true)
    const processor = new CommandProcessor(log, this.#masker, false)
    for (const line of lines) processor.take(line)
    return [...log.written, ...log.annotations.map(({ message }) => message)]
  }

  /**
   * What is shown of a form where it is printed: a part with 16 characters in a row of it, or with all of a shorter one.
   * Undefined is well.
   */
  leftOf(form: LaterForm, value: Buffer): string | undefined {
    const encoded = form.encode(value)
    const shown = this.shown([...new Set(form.print(value).flat())]).flatMap((line) => line.split('***'))
    return encoded
      .map((each) => each.trim())
      .filter(({ length }) => length >= SHORTEST)
      .flatMap((each) => shown.filter((part) => haveInCommon(part, each, Math.min(TOO_MANY, each.length))))
      .at(0)
  }
}

/** Whether two texts have so many characters in a row in common. */
function haveInCommon(part: string, form: string, length: number): boolean {
  for (let at = 0; at + length <= part.length; at++) {
    if (form.includes(part.slice(at, at + length))) return true
  }
  return false
}
