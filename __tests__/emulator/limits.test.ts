import { expect, test } from '@jest/globals'
import { MAX_SECRETS, MAX_VALUE_BYTES } from '../../emulator/scope.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { posting, start } from './wire.js'

// Otherwise a client that sends requests above the limits would work here.

/** A workspace with the scope `s`, on which everyone has MANAGE. */
async function startWithScope(): Promise<EmulatedWorkspace> {
  const workspace = await start()
  workspace.store.createScope('s')
  return workspace
}

const stored = (workspace: EmulatedWorkspace, key: string): Buffer | undefined =>
  workspace.store.scope('s').secret(key)?.value

test.each(['', 'a b', 'ä', 'a/b', 'a@b', 'a\n', 'x'.repeat(129)])('the key %j is refused', async (key) => {
  const answer = await posting(await startWithScope())('secrets/put', { scope: 's', key, string_value: 'v' })
  expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
})

test.each(['a-Z_0.9', 'x'.repeat(128), '__proto__', 'constructor'])('the key %s is taken', async (key) => {
  const workspace = await startWithScope()
  await posting(workspace)('secrets/put', { scope: 's', key, string_value: 'v' })
  expect(workspace.store.scope('s').secrets.map((secret) => secret.key)).toEqual([key])
})

test.each([
  ['string_value', 'x'.repeat(MAX_VALUE_BYTES), 'x'.repeat(MAX_VALUE_BYTES + 1)],
  ['string_value', 'é'.repeat(MAX_VALUE_BYTES / 2), 'é'.repeat(MAX_VALUE_BYTES / 2) + 'x'],
  [
    'bytes_value',
    Buffer.alloc(MAX_VALUE_BYTES).toString('base64'),
    Buffer.alloc(MAX_VALUE_BYTES + 1).toString('base64'),
  ],
])('a %s of 128 KiB as stored is accepted, one byte more is not', async (field, longest, tooLong) => {
  const workspace = await startWithScope()
  const put = posting(workspace)
  expect((await put('secrets/put', { scope: 's', key: 'k', [field]: longest })).status).toBe(200)
  expect(stored(workspace, 'k')).toHaveLength(131_072)
  expect(await put('secrets/put', { scope: 's', key: 'k', [field]: tooLong })).toMatchObject({
    status: 400,
    body: { error_code: 'INVALID_PARAMETER_VALUE' },
  })
  expect(stored(workspace, 'k')).toHaveLength(131_072)
})

test('secret number 1,001 is rejected; a full scope still accepts new values of its keys', async () => {
  const workspace = await startWithScope()
  const put = posting(workspace)
  for (let n = 1; n < MAX_SECRETS; n++) workspace.store.scope('s').put(`k${n}`, 'v')
  expect((await put('secrets/put', { scope: 's', key: 'last', string_value: 'v' })).status).toBe(200)
  expect(await put('secrets/put', { scope: 's', key: 'too-many', string_value: 'v' })).toMatchObject({
    status: 400,
    body: { error_code: 'RESOURCE_LIMIT_EXCEEDED' },
  })
  expect((await put('secrets/put', { scope: 's', key: 'LAST', string_value: 'new' })).status).toBe(200)
  expect(workspace.store.scope('s').secrets).toHaveLength(1_000)
})
