import { formatNumber } from '../format-number.js'

/** `1 key`, `2 keys`. */
export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`
}

/** Names as in a sentence, no more than `limit` of them: `a, b and 3 more`. */
export function listNames(names: readonly string[], limit: number): string {
  const rest = names.length - limit
  return rest > 0 ? `${names.slice(0, limit).join(', ')} and ${rest} more` : names.join(', ')
}
