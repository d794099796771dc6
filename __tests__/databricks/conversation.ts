import { afterEach } from '@jest/globals'

import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { personalAccessToken } from '../../src/databricks/auth/pat.js'
import { parseHost } from '../../src/databricks/host.js'
import { IdentityApi } from '../../src/databricks/identity-api.js'
import { SecretsApi } from '../../src/databricks/secrets-api.js'
import { RequestScheduler } from '../../src/databricks/http/request-scheduler.js'
import { WorkspaceClient } from '../../src/databricks/workspace-client.js'
import { SecretValue } from '../../src/secret-value.js'

const LIMITS = { concurrency: 16, requestsPerSecond: Infinity, retryTimeoutMs: 0 }

const open: RequestScheduler[] = []

afterEach(() => {
  for (const traffic of open.splice(0)) traffic.close()
})

/** The typed calls to a workspace over HTTP, as one of the emulator's default identities; they end with the test. */
export function converse({ url }: EmulatedWorkspace, who = 'ada') {
  const { signal } = new AbortController()
  const traffic = new RequestScheduler(LIMITS, url, signal, () => undefined)
  open.push(traffic)
  const signIn = personalAccessToken(new SecretValue(`fake-token-of-${who}`))
  const client = new WorkspaceClient(parseHost(url), signIn, traffic)
  return { secrets: new SecretsApi(client), identity: new IdentityApi(client) }
}
