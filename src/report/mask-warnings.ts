import type { MaskPlan } from '../secrets/masks/mask-plan.js'
import { maskProblem } from '../secrets/masks/mask-problem.js'
import type { SecretMap } from '../secrets/secret-map.js'
import type { FormGroup } from '../secrets/masks/runner-masks.js'
import { MIN_MASK_LENGTH } from '../secrets/masks/value-forms.js'
import { count, listNames } from './wording.js'

/** The most keys that one warning names. */
const MAX_NAMES = 10

/**
 * Warns about values that the masks do not hide in later steps, or that hide ordinary text, too. There is one warning for
 * each problem. No warning has a brace or a quote, because a mask may hide these.
 */
export function maskWarnings(secrets: SecretMap, uncovered: MaskPlan['uncovered']): string[] {
  const keysBy = new Map<ReturnType<typeof maskProblem>, string[]>()
  for (const { key, value } of secrets) {
    const problem = maskProblem(value)
    if (problem === undefined) continue
    const keys = keysBy.get(problem)
    if (keys === undefined) keysBy.set(problem, [key])
    else keys.push(key)
  }
  const warnings = (['garbles', 'absent', 'command'] as const).flatMap((problem) => {
    const keys = keysBy.get(problem)
    return keys === undefined ? [] : [describe(keys, PROBLEMS[problem])]
  })
  return uncovered.length === 0 ? warnings : [...warnings, tooManyMasks(uncovered)]
}

const PROBLEMS = {
  garbles: (one: boolean) =>
    `${one ? 'has' : 'have'} fewer than ${MIN_MASK_LENGTH} characters, or ${one ? 'is an ordinary word' : 'are ordinary words'}. ` +
    `${one ? 'It is' : 'They are'} masked anyway: the text shows as *** in the whole job, and GitHub drops job outputs that ` +
    'contain it. ' +
    'Remove values that are not secrets from the map, or run the action in a separate job.',
  absent: (one: boolean) =>
    `${one ? 'has' : 'have'} no line of ${MIN_MASK_LENGTH} characters or more, so ${one ? 'it' : 'they'} cannot be masked: ` +
    `make sure that no step prints ${one ? 'it' : 'them'}.`,
  command: (one: boolean) =>
    `${one ? 'contains' : 'contain'} a workflow command. If a later step prints ${one ? 'the value' : 'one of these values'}, ` +
    'the runner executes the command and does not mask its file and title. Make sure that no step prints ' +
    `${one ? 'the value' : 'these values'}.`,
} as const

const FORMS: Readonly<Record<FormGroup, string>> = {
  base64: 'base64',
  embeddedBase64: 'base64 of a longer text with the value in it',
  hex: 'hex',
  escaped: 'URL, JSON, HTML and shell forms',
}

function tooManyMasks(uncovered: MaskPlan['uncovered']): string {
  const names = uncovered.flatMap(({ key }) => key ?? [])
  const others = uncovered.length - names.length
  const values = [
    ...(names.length > 0 ? [listNames(names, MAX_NAMES)] : []),
    ...(others > 0 ? [`${count(others, 'value')} without a key`] : []),
  ]
  const missing = new Set(uncovered.flatMap(({ forms }) => forms))
  const forms = Object.entries(FORMS).flatMap(([group, name]) =>
    missing.has(group as FormGroup) ? [name] : [],
  )
  return (
    `The masks of this run are limited, since each of them slows down the runner. Not masked for later steps: ` +
    `${forms.join('; ')} of ${values.join(' and ')}. The values themselves and their lines are masked. If no later step ` +
    'prints these forms, there is nothing to do; otherwise run the action in a job of its own.'
  )
}

function describe(keys: readonly string[], problem: (one: boolean) => string): string {
  const one = keys.length === 1
  return `The ${one ? 'value' : 'values'} of ${listNames(keys, MAX_NAMES)} ${problem(one)}`
}
