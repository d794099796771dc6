import { ALL_CASES } from './cases/all.js'
import type { Case } from './cases/case.js'
import { CLIENTS } from './clients/all.js'
import type { Client } from './clients/client.js'

/** The names for `--clients`, for the usage text. */
export const CLIENT_NAMES = Object.keys(CLIENTS).join(', ')

/**
 * Returns the clients of `--clients a,b`, in the order of the table. Default: all.
 *
 * @throws Error with the unknown name
 */
export function clientsNamed(list: string | undefined): Client[] {
  const names = list?.split(',') ?? Object.keys(CLIENTS)
  const unknown = names.find((name) => CLIENTS[name] === undefined)
  if (unknown !== undefined) throw new Error(`There is no client ${unknown}, only: ${CLIENT_NAMES}`)
  return Object.entries(CLIENTS).flatMap(([name, client]) => (names.includes(name) ? [client] : []))
}

/**
 * Returns the cases with this text in their title.
 *
 * @throws Error if there are none
 */
export function casesContaining(text: string): Case[] {
  const cases = ALL_CASES.filter(({ title }) => title.includes(text))
  if (cases.length === 0) throw new Error(`There is no case with ${JSON.stringify(text)} in its title.`)
  return cases
}
