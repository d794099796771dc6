import { getInput } from '@actions/core'

import type { InputName } from './input-definitions.js'

/**
 * The texts of inputs, as they were written: those of the step, or those of one target in a config file. The text of an
 * input that is not set is empty. A text is not trimmed, so that its first line is line 1.
 */
export type InputTexts = (input: InputName) => string

/** The texts of the inputs of the step. */
export const stepInputs: InputTexts = (input) => getInput(input, { trimWhitespace: false })
