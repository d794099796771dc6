import { afterEach, expect, jest, test } from '@jest/globals'

import { discoverTokenEndpoint } from '../../../src/databricks/auth/discovery.js'
import type { SendRequest } from '../../../src/databricks/http/request-scheduler.js'

afterEach(() => {
  jest.useRealTimers()
})

// If a host does not respond to this optional request, the run must not spend its time for retries on it.
test('the metadata of a host has a timeout of 10 seconds', async () => {
  jest.useFakeTimers()
  const host = { origin: 'https://workspace.example' }
  const endpoint = `${host.origin}/oidc/v1/token`
  const send: SendRequest = async ({ url }) =>
    url.endsWith('databricks-config') ? await new Promise(() => undefined) : { token_endpoint: endpoint }
  let found: unknown
  const done = discoverTokenEndpoint('github-oidc', host, send, true).then(
    (discovered) => (found = discovered),
  )
  await jest.advanceTimersByTimeAsync(9_999)
  expect(found).toBeUndefined()
  await jest.advanceTimersByTimeAsync(1)
  expect(found).toEqual({ tokenEndpoint: new URL(endpoint) })
  await done
})
