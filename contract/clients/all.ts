import type { Client } from './client.js'
import { rest } from './rest.js'

/** All columns of the contract table, by the name that the command line takes. */
export const CLIENTS: Readonly<Record<string, Client>> = {
  rest,
}
