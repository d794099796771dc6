/**
 * Formats a whole number, 0 or more, with commas: `131,072`. Unlike `toLocaleString`, it does not load the data of all
 * languages, which takes a third of the start-up time of Node.
 */
export function formatNumber(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')
}
