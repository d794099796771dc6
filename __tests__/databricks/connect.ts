import { afterEach } from '@jest/globals'

import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { personalAccessToken } from '../../src/databricks/auth/pat.js'
import { CatalogSecretsApi } from '../../src/databricks/catalog-secrets-api.js'
import { parseHost } from '../../src/databricks/host.js'
import { RequestScheduler } from '../../src/databricks/http/request-scheduler.js'
import { IdentityApi } from '../../src/databricks/identity-api.js'
import { SecretsApi } from '../../src/databricks/secrets-api.js'
import { WorkspaceClient } from '../../src/databricks/workspace-client.js'
import { SecretValue } from '../../src/secret-value.js'

const schedulers: RequestScheduler[] = []

afterEach(() => {
  for (const scheduler of schedulers.splice(0)) scheduler.close()
})

/**
 * The API calls to an emulated workspace over HTTP, as one of its default identities. Connections close after the test.
 *
 * @param retryTimeoutMs How long transient errors are retried. Default: no retries.
 */
export function connect({ url }: Pick<EmulatedWorkspace, 'url'>, identity = 'ada', retryTimeoutMs = 0) {
  const { signal } = new AbortController()
  const options = { concurrency: 16, requestsPerSecond: Infinity, retryTimeoutMs }
  const scheduler = new RequestScheduler(options, url, signal, () => undefined)
  schedulers.push(scheduler)
  const tokenSource = personalAccessToken(new SecretValue(`fake-token-of-${identity}`))
  const client = new WorkspaceClient(parseHost(url), tokenSource, scheduler)
  return {
    client,
    secrets: new SecretsApi(client),
    catalog: new CatalogSecretsApi(client),
    identity: new IdentityApi(client),
  }
}
