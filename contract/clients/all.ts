import type { Client } from './client.js'
import { databricksCli } from './databricks-cli/client.js'
import { javaSdk } from './java-sdk/client.js'
import { javascriptSdk } from './javascript-sdk/client.js'
import { legacyCli } from './legacy-cli/client.js'
import { pythonSdk } from './python-sdk/client.js'
import { rest } from './rest.js'
import { terraform } from './terraform/client.js'

/** All columns of the contract table, by their name on the command line. */
export const CLIENTS: Readonly<Record<string, Client>> = {
  rest,
  'databricks-cli': databricksCli,
  'javascript-sdk': javascriptSdk,
  'python-sdk': pythonSdk,
  'java-sdk': javaSdk,
  'old-cli': legacyCli,
  terraform,
}
