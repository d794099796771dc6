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

// Otherwise, a manipulated response could send the client secret or the token of the job to an attacker.
test.each([
  ['another host', 'https://evil.example/oidc/v1/token'],
  ['another port of this machine', 'http://127.0.0.1:9/oidc/v1/token'],
  ['the account console of another cloud, with http', 'http://accounts-dod.cloud.databricks.us/t'],
  ['a host that only looks like the account console', 'https://accounts.cloud.databricks.com.evil.example/t'],
  ['the account console on another port', 'https://accounts.cloud.databricks.com:8443/t'],
  ['plain http', 'http://accounts.cloud.databricks.com/t'],
  ['somebody in the address', 'https://a:b@accounts.cloud.databricks.com/t'],
  ['no address', 'token'],
])('a token endpoint is refused before anything is sent to it: %s', async (_, endpoint) => {
  const host = { origin: 'http://127.0.0.1:8080' }
  const urls: string[] = []
  const send: SendRequest = ({ url }) => {
    urls.push(url)
    return Promise.resolve({ token_endpoint: endpoint })
  }
  await expect(discoverTokenEndpoint('oauth-m2m', host, send)).rejects.toMatchObject({
    details: { problem: expect.stringContaining('Check the input host.') },
  })
  expect(urls).toEqual([`${host.origin}/oidc/.well-known/oauth-authorization-server`])
})
