import { afterEach } from '@jest/globals'

import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { personalAccessToken } from '../../src/databricks/auth/pat.js'
import { parseHost } from '../../src/databricks/host.js'
import { HttpExchange } from '../../src/databricks/http-exchange.js'
import { IdentityApi } from '../../src/databricks/identity-api.js'
import { SecretsApi } from '../../src/databricks/secrets-api.js'
import { WorkspaceClient } from '../../src/databricks/workspace-client.js'
import { SecretValue } from '../../src/secret-value.js'

const open: HttpExchange[] = []

afterEach(() => {
  for (const http of open.splice(0)) http.close()
})

/** The typed calls to a workspace over HTTP, as one of the emulator's default identities; they end with the test. */
export function converse({ url }: EmulatedWorkspace, who = 'ada') {
  const http = new HttpExchange()
  open.push(http)
  const signIn = personalAccessToken(new SecretValue(`fake-token-of-${who}`))
  const client = new WorkspaceClient(parseHost(url), signIn, http.send)
  return { secrets: new SecretsApi(client), identity: new IdentityApi(client) }
}
