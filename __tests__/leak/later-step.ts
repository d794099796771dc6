import { CommandProcessor } from '../runner/command-processor.js'
import { JobLog } from '../runner/job-log.js'
import { SecretMasker } from '../runner/secret-masker.js'
import type { StepResult } from '../runner/step-result.js'
import type { LaterForm } from './later-forms.js'

/** So many characters in a row of a form are no coincidence. */
const TOO_MANY = 16

/** A shorter form comes up by chance, and is not masked. */
const SHORTEST = 6

/** A step of the job that comes later, with the masks that are registered by then. */
export class LaterStep {
  readonly #masker: SecretMasker

  private constructor(masker: SecretMasker) {
    this.#masker = masker
  }

  /** The step that follows one with these masks. */
  static with(masks: readonly string[]): LaterStep {
    const masker = new SecretMasker()
    for (const mask of masks) masker.add(mask)
    return new LaterStep(masker)
  }

  /** The step that follows this one. */
  static after({ masker }: StepResult): LaterStep {
    return new LaterStep(masker)
  }

  /** What the log and the annotations show of these lines: the runner looks for commands first, and masks then. */
  shown(lines: readonly string[]): string[] {
    return lines.flatMap((line) => this.#show(line))
  }

  #show(line: string): string[] {
    // Any other line is no command.
    if (!/::|##\[/.test(line)) return [this.#masker.mask(line)]
    const log = new JobLog(this.#masker, true)
    new CommandProcessor(log, this.#masker, false).take(line)
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
