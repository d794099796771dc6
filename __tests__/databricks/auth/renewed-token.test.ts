import { afterEach, describe, expect, jest, test } from '@jest/globals'

import { refreshingTokenSource } from '../../../src/databricks/auth/refreshing-token-source.js'
import { SecretValue } from '../../../src/secret-value.js'

afterEach(() => {
  jest.restoreAllMocks()
})

/** A way to sign in of which each token is another, until there are no more; and how often it was asked. */
function signInOf(tokens: number, lifetimeMs?: number) {
  const asked = { times: 0 }
  const signIn = refreshingTokenSource(
    'oauth-m2m',
    () =>
      ++asked.times > tokens
        ? Promise.reject(new Error('there is none'))
        : Promise.resolve({ value: new SecretValue(`fake-token-${asked.times}`), lifetimeMs }),
    () => undefined,
  )
  return { signIn, asked }
}

// A thousand keys that each ask again for a token that is not to be had lock an account.
describe('a renewal that has failed', () => {
  test('is shared by all who come later', async () => {
    const { signIn, asked } = signInOf(1)
    const first = await signIn.token()
    for (let key = 0; key < 10; key++) await expect(signIn.token(first)).rejects.toThrow('there is none')
    expect(asked.times).toBe(2)
  })

  test('leaves a token in use that has not ended yet', async () => {
    let now = 0
    jest.spyOn(process, 'uptime').mockImplementation(() => now / 1_000)
    const { signIn, asked } = signInOf(1, 1_000)
    const first = await signIn.token()
    now = 850
    expect(await signIn.token()).toBe(first)
    expect(await signIn.token()).toBe(first)
    expect(asked.times).toBe(2)
    now = 1_001
    await expect(signIn.token()).rejects.toThrow('there is none')
    expect(asked.times).toBe(2)
  })

  test('of the first token is shared as well', async () => {
    const { signIn, asked } = signInOf(0)
    await expect(signIn.token()).rejects.toThrow('there is none')
    await expect(signIn.token()).rejects.toThrow('there is none')
    expect(asked.times).toBe(1)
  })
})

// Its endpoint may be down for minutes, and the workspace is well.
describe('a renewal that takes its time', () => {
  test('keeps nobody waiting until the token ends', async () => {
    let now = 0
    jest.spyOn(process, 'uptime').mockImplementation(() => now / 1_000)
    const fetched: ((token: string) => void)[] = []
    const signIn = refreshingTokenSource(
      'oauth-m2m',
      async () => {
        const token = await new Promise<string>((resolve) => fetched.push(resolve))
        return { value: new SecretValue(token), lifetimeMs: 1_000 }
      },
      () => undefined,
    )
    const asked = signIn.token()
    fetched[0]?.('fake-first')
    const first = await asked
    now = 850
    expect(await signIn.token()).toBe(first)
    now = 999
    expect(await signIn.token()).toBe(first)
    now = 1_000
    const late = signIn.token()
    fetched[1]?.('fake-second')
    expect((await late).equals(new SecretValue('fake-second'))).toBe(true)
    expect(fetched).toHaveLength(2)
  })
})

describe('a token that was refused', () => {
  test('and whose successor is refused at once has no other', async () => {
    const { signIn, asked } = signInOf(10)
    const first = await signIn.token()
    const second = await signIn.token(first)
    expect(second.equals(first)).toBe(false)
    expect(await signIn.token(second)).toBe(second)
    expect(asked.times).toBe(2)
  })

  // A workspace that takes tokens back each few seconds still gets all of a large map.
  test('and whose successor has worked before it is refused has another', async () => {
    const { signIn, asked } = signInOf(10)
    const second = await signIn.token(await signIn.token())
    signIn.worked(second)
    const third = await signIn.token(second)
    expect([third.equals(second), asked.times]).toEqual([false, 3])
    // What the second has done says nothing of the third.
    signIn.worked(second)
    expect(await signIn.token(third)).toBe(third)
  })
})
