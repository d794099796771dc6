import { interpolate, type Scope } from './expression.js'
import type { Texts } from './workflow-file.js'

/** All texts of a mapping with the values of their expressions. */
export function evaluateAll(texts: Texts, scope: Scope): Texts {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, interpolate(text, scope)]))
}
