import type { StepResult } from '../runner/step.js'
import { LATER_FORMS, type LaterForm } from './later-forms.js'
import { LaterStep } from './later-step.js'
import type { Spelling } from './spellings.js'

/** How much has been searched so far. */
export const searched = { texts: 0, laterLines: 0, laterForms: 0 }

/** All that a run leaves for people and later steps, in the places where it is found. */
function placesOf(step: StepResult): Record<string, string> {
  return {
    // The first wall: what the action itself prints, before the runner has masked anything.
    'its raw output':
      step.stdout
        .split(/\r?\n/)
        .filter((line) => !line.startsWith('::add-mask::'))
        .join('\n') + step.stderr,
    'the log': step.entries
      .filter(({ kind }) => kind !== 'header') // The runner writes it before the action starts.
      .map(({ text }) => text)
      .join('\n'),
    'the summary': step.summary,
    'the summary, as it is read': asRead(step.summary),
    'the outputs': JSON.stringify([step.outputs, step.state, step.envChanges, step.path]),
    'the annotations': JSON.stringify(step.annotations),
  }
}

/** Markdown as a reader of the page has it, or could: tags gone, references and backslashes undone, also escaped ones. */
export function asRead(markdown: string): string {
  return markdown
    .replace(/<\/?(?:span|code|pre|details|summary)>/g, '')
    .replace(/&#(\d+);/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
    .replace(/\\(?=[^\w\s])/g, '')
}

/**
 * Where spellings show in what a run leaves; empty is well.
 *
 * @param elsewhere What it leaves in other places, by their names: the comments on a pull request.
 */
export function findLeaks(
  step: StepResult,
  spellings: readonly Spelling[],
  elsewhere: Readonly<Record<string, string>> = {},
): string[] {
  return Object.entries({ ...placesOf(step), ...elsewhere }).flatMap(([place, content]) =>
    spellings
      .filter(({ text }) => {
        searched.texts++
        return content.includes(text)
      })
      .map(({ name, text }) => `${name} in ${place}: ${JSON.stringify(text)}`),
  )
}

/** What is left of the spellings when a later step of the job prints them, with the masks that this run has sent. */
export function findUnmasked(step: StepResult, spellings: readonly Spelling[]): string[] {
  const later = LaterStep.after(step)
  return spellings
    .filter(({ text }) => {
      searched.laterLines++
      return later.shown([`later: ${text}`]).some((shown) => shown.includes(text))
    })
    .map(({ name, text }) => `${name}, unmasked in a later step: ${JSON.stringify(text)}`)
}

/**
 * What is left of values when a later step prints them in each form that is promised for values of their size.
 *
 * @param reachesBudget Whether there are more forms than masks: then only those are looked for that are always masked.
 */
export function findUnmaskedForms(
  step: StepResult,
  values: readonly Buffer[],
  reachesBudget: boolean,
): string[] {
  const later = LaterStep.after(step)
  return values.flatMap((value) =>
    LATER_FORMS.filter((form) => isPromised(form, value, reachesBudget)).flatMap((form) => {
      searched.laterForms++
      const left = later.leftOf(form, value)
      return left === undefined ? [] : [`${form.name}, left in a later step: ${JSON.stringify(left)}`]
    }),
  )
}

function isPromised({ upTo, ofBytes }: LaterForm, value: Buffer, reachesBudget: boolean): boolean {
  const isText = Buffer.from(value.toString()).equals(value)
  if (!isText && !ofBytes) return false
  return reachesBudget ? upTo === 'always' : typeof upTo !== 'number' || value.length <= upTo
}
