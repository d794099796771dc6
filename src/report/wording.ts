import { formatNumber } from '../format-number.js'

/** A number with its noun: `1 key`, `2 keys`. */
export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`
}

/** Lists up to `limit` names for a sentence: `a, b and 3 more`. */
export function listNames(names: readonly string[], limit: number): string {
  const rest = names.length - limit
  return rest > 0 ? `${names.slice(0, limit).join(', ')} and ${formatNumber(rest)} more` : names.join(', ')
}

/** The width of the column of labels in the log. */
export const LABEL_WIDTH = 'Authentication'.length + 2

/** A line of the log with its label in a column of its own: `Scope           storage`. */
export function labelled(
  label: 'Host' | 'Authentication' | 'Scope' | 'Schema' | 'Consumers' | 'Comment',
  text: string,
): string {
  return `${label.padEnd(LABEL_WIDTH)}${text}`
}
