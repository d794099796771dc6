/**
 * Writes a whole number, 0 or more, with a comma before every three digits: `131,072`. `toLocaleString` would do the same,
 * and loads the data of all languages for it, which takes a third as long as it takes Node to start.
 */
export function formatNumber(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')
}
