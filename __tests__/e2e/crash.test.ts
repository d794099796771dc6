import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { folder } from './folder-of-test.js'
import { ahead, everythingSaid, meanwhile, NEVER_SETTLED, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

// Node writes such errors to stderr, which the runner shows before the masks are registered. The message of an unexpected
// error may contain anything. The test harness rejects any output on stderr.
describe('an unexpected error', () => {
  test.each([
    ['thrown in a callback', 'throw new RangeError("fake-value\\n    at fake-value:1:1")'],
    ['of a promise that nobody awaits', 'Promise.reject(new RangeError("fake-value"))'],
    ['that is no error', 'throw "fake-value"'],
    ['whose message is its stack', 'throw Object.assign(new RangeError(), { stack: "fake-value" })'],
  ])('fails the step and is reported without its message: %s', async (_, code) => {
    const step = await syncTo(workspace, {}, meanwhile(code))
    expect(step.exitCode).toBe(1)
    expect(step.log).toMatch(/Error: An unexpected error \((RangeError|string)\) stopped the action/)
    expect(everythingSaid(step)).not.toContain('fake-value')
  })

  test('in the action itself is reported without its message', async () => {
    const step = await syncTo(
      workspace,
      {},
      ahead('URLSearchParams.prototype.toString = () => { throw new RangeError("fake-value") }'),
    )
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('An unexpected error (RangeError)')
    expect(everythingSaid(step)).not.toContain('fake-value')
  })

  test('before the run starts is reported without its message, with its position in dist', async () => {
    const step = await syncTo(
      workspace,
      {},
      ahead('URL.canParse = () => { throw new RangeError("fake-value") }'),
    )
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('An unexpected error (RangeError)')
    expect(step.log).toMatch(/^ {4}at index\.js:\d+:\d+$/m)
    expect(everythingSaid(step)).not.toContain('fake-value')
  })
})

// A later step may print them.
describe('an unexpected error while the inputs are read', () => {
  test.each([
    ['the host', 'URL.canParse = () => { throw new RangeError() }'],
    ['a value', 'Buffer.byteLength = () => { throw new RangeError() }'],
    ['the map, once it is read', 'Array.prototype.flat = () => { throw new RangeError() }'],
  ])('leaves every readable value masked: %s', async (_, code) => {
    const inputs = {
      'client-secret': 'fake-client-secret',
      secrets: 'blob=fake-value',
      'secret-envs': 'pin=PIN',
    }
    const step = await syncTo(workspace, inputs, { ...ahead(code), env: { PIN: 'fake-pin' } })
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('An unexpected error (RangeError)'),
    ])
    expect(step.masks).toEqual(
      expect.arrayContaining(['fake-token-of-ada', 'fake-client-secret', 'fake-value', 'fake-pin']),
    )
    expect(step.stdout.trimStart()).toMatch(/^::add-mask::/)
  })

  test.each([
    ['the host', 'URL.canParse = () => { throw new RangeError() }', []],
    [
      'a value of the map',
      `const { equals } = Buffer.prototype
      Buffer.prototype.equals = () => {
        Buffer.prototype.equals = equals
        throw new RangeError()
      }`,
      [],
    ],
    [
      'a variable',
      `const { hasOwn } = Object
      Object.hasOwn = (object, name) => {
        if (name === 'PIN') throw new RangeError()
        return hasOwn(object, name)
      }`,
      ['fake-pin'],
    ],
  ])('leaves every readable value of a config file masked: %s', async (_, code, unreadable) => {
    const target = 'secrets: { blob: BLOB }, envs: { pin: PIN, code: CODE }, files: { tls-key: tls.pem }'
    await writeFile(path.join(folder, 'secrets.yml'), `version: 1\nscopes: { storage: { ${target} } }\n`)
    await writeFile(path.join(folder, 'tls.pem'), 'fake-tls-key')
    const step = await syncTo(
      workspace,
      { scope: '', config: 'secrets.yml', secrets: '{"BLOB":"fake-value"}' },
      { ...ahead(code), env: { PIN: 'fake-pin', CODE: 'fake-code' }, workspace: folder },
    )
    expect([step.exitCode, step.log]).toEqual([
      1,
      expect.stringContaining('An unexpected error (RangeError)'),
    ])
    const values = ['fake-token-of-ada', 'fake-value', 'fake-pin', 'fake-code', 'fake-tls-key']
    const masks = new Set(step.masks)
    expect(values.filter((value) => !masks.has(value))).toEqual(unreadable)
  })

  // Without a limit, 1,000 files would take the runner gigabytes of memory.
  test('respects the limit of masks, and masks no placeholder', async () => {
    const values = Array.from({ length: 700 }, () => randomBytes(48).toString('base64'))
    const step = await syncTo(
      workspace,
      { secrets: JSON.stringify({ ...Object.fromEntries(values.entries()), stars: '***' }) },
      ahead('Array.prototype.flat = () => { throw new RangeError() }'),
    )
    expect(step.exitCode).toBe(1)
    const masks = new Set(step.masks)
    expect(values.filter((value) => !masks.has(value))).toEqual([])
    expect(masks.size).toBeLessThan(11_000)
    expect(masks).toContain(Buffer.from('fake-token-of-ada').toString('hex'))
    expect(masks).not.toContain('***')
  })
})

// `docker run --user 12345` creates such a user.
test('a user without a home folder and a name does not cause a failure', async () => {
  const nobody = `
    import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module'
    os.homedir = os.userInfo = os.tmpdir = () => { throw new Error() }
    process.cwd = () => { throw new Error() }
    syncBuiltinESMExports()`
  expect(await syncTo(workspace, {}, ahead(nobody))).toMatchObject({ exitCode: 0 })
  const withAz = { ...ahead(nobody), runnerVariables: { DATABRICKS_AUTH_TYPE: 'azure-cli' } }
  const step = await syncTo(workspace, { host: 'https://adb-1.2.azuredatabricks.net' }, withAz)
  expect([step.exitCode, step.log]).toEqual([1, expect.stringContaining('Signing in with azure-cli failed.')])
})

describe('the process', () => {
  // Node ends with exit code 0 when nothing is pending, so the step would succeed without doing anything.
  test('fails if it ends before the run is finished', async () => {
    const step = await syncTo(workspace, {}, NEVER_SETTLED)
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('Error: The action ended before it was done.')
  })

  test('does not write warnings of Node to stderr', async () => {
    const warn = meanwhile('process.emitWarning("fake-value", "FakeWarning")')
    const step = await syncTo(workspace, {}, { ...warn, debug: true })
    expect(step.exitCode).toBe(0)
    expect(step.log).toContain('Node warns: FakeWarning')
    expect(everythingSaid(step)).not.toContain('fake-value')
  })
})

// Otherwise, on a machine that lost its runner, the process of each job would run forever.
test('the action ends when its log is no longer read', async () => {
  const lost = ahead(`
    const write = process.stdout.write.bind(process.stdout)
    process.stdout.write = (...all) => {
      process.stdout.destroy(Object.assign(new Error('fake'), { code: 'EPIPE' }))
      return write(...all)
    }`)
  const { exitCode, timedOut } = await syncTo(workspace, {}, { ...lost, timeoutMs: 20_000 })
  expect([exitCode, timedOut]).toEqual([1, false])
})
