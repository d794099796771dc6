import { afterEach, describe, expect, jest, test } from '@jest/globals'

import { refreshingTokenSource } from '../../../src/databricks/auth/refreshing-token-source.js'
import { SecretValue } from '../../../src/secret-value.js'

afterEach(() => {
  jest.restoreAllMocks()
})

/** A token source that fetches so many different tokens and then fails, and the number of fetches. */
function countingTokenSource(tokens: number, lifetimeMs?: number) {
  const fetches = { count: 0 }
  const tokenSource = refreshingTokenSource(
    'oauth-m2m',
    () =>
      ++fetches.count > tokens
        ? Promise.reject(new Error('no token'))
        : Promise.resolve({ value: new SecretValue(`fake-token-${fetches.count}`), lifetimeMs }),
    () => undefined,
  )
  return { tokenSource, fetches }
}

// If a thousand keys each requested a token again, the account could be locked.
describe('a failed refresh', () => {
  test('is not repeated: later callers get the same error', async () => {
    const { tokenSource, fetches } = countingTokenSource(1)
    const first = await tokenSource.token()
    for (let key = 0; key < 10; key++) await expect(tokenSource.token(first)).rejects.toThrow('no token')
    expect(fetches.count).toBe(2)
  })

  test('does not affect a token that is still valid', async () => {
    let now = 0
    jest.spyOn(process, 'uptime').mockImplementation(() => now / 1_000)
    const { tokenSource, fetches } = countingTokenSource(1, 1_000)
    const first = await tokenSource.token()
    now = 850
    expect(await tokenSource.token()).toBe(first)
    expect(await tokenSource.token()).toBe(first)
    expect(fetches.count).toBe(2)
    now = 1_001
    await expect(tokenSource.token()).rejects.toThrow('no token')
    expect(fetches.count).toBe(2)
  })

  test('of the first token is not repeated either', async () => {
    const { tokenSource, fetches } = countingTokenSource(0)
    await expect(tokenSource.token()).rejects.toThrow('no token')
    await expect(tokenSource.token()).rejects.toThrow('no token')
    expect(fetches.count).toBe(1)
  })
})

// The token endpoint may be down for minutes while the workspace works.
describe('a slow refresh', () => {
  test('delays no request until the token expires', async () => {
    let now = 0
    jest.spyOn(process, 'uptime').mockImplementation(() => now / 1_000)
    const fetched: ((token: string) => void)[] = []
    const tokenSource = refreshingTokenSource(
      'oauth-m2m',
      async () => {
        const token = await new Promise<string>((resolve) => fetched.push(resolve))
        return { value: new SecretValue(token), lifetimeMs: 1_000 }
      },
      () => undefined,
    )
    const firstToken = tokenSource.token()
    fetched[0]?.('fake-first')
    const first = await firstToken
    now = 850
    expect(await tokenSource.token()).toBe(first)
    now = 999
    expect(await tokenSource.token()).toBe(first)
    now = 1_000
    const late = tokenSource.token()
    fetched[1]?.('fake-second')
    expect((await late).equals(new SecretValue('fake-second'))).toBe(true)
    expect(fetched).toHaveLength(2)
  })
})

describe('a rejected token', () => {
  test('whose replacement is rejected at once is not replaced again', async () => {
    const { tokenSource, fetches } = countingTokenSource(10)
    const first = await tokenSource.token()
    const second = await tokenSource.token(first)
    expect(second.equals(first)).toBe(false)
    expect(await tokenSource.token(second)).toBe(second)
    expect(fetches.count).toBe(2)
  })

  // A workspace that revokes tokens every few seconds still gets all secrets of a large map.
  test('whose replacement worked first is replaced again', async () => {
    const { tokenSource, fetches } = countingTokenSource(10)
    const second = await tokenSource.token(await tokenSource.token())
    tokenSource.markAccepted(second)
    const third = await tokenSource.token(second)
    expect([third.equals(second), fetches.count]).toEqual([false, 3])
    // That the second token works says nothing about the third.
    tokenSource.markAccepted(second)
    expect(await tokenSource.token(third)).toBe(third)
  })
})
