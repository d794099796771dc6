import { expect, test } from '@jest/globals'

import { fetch, ProxyAgent } from '../../src/on-demand/undici.js'

// A promise that nobody awaits would end the whole run, for a variable that has a typing error in it.
test('a proxy that undici refuses fails the request, and nothing but the request', async () => {
  const agent = new ProxyAgent({ uri: 'nonsense' })
  await new Promise((resolve) => setImmediate(resolve))
  await expect(fetch('http://workspace.invalid', { dispatcher: agent as never })).rejects.toThrow(
    'fetch failed',
  )
  await expect(agent.close()).rejects.toThrow('Invalid URL')
})

test('a proxy that nothing was sent through can be closed', async () => {
  await new ProxyAgent('http://127.0.0.1:9').close()
  await new ProxyAgent('http://127.0.0.1:9').destroy()
})
