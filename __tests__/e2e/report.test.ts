import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { apiError } from '../../emulator/reply.js'
import { everythingSaid, NO_OUTPUTS, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

function failPutsOf(...keys: string[]): void {
  workspace.intercept(({ path, body }) =>
    path.endsWith('/put') && keys.includes((body as { key: string }).key)
      ? apiError(400, 'BAD_REQUEST', 'No.')
      : undefined,
  )
}

describe('the masks', () => {
  // A value that is printed before its mask stays in the log for as long as the log is kept.
  test('are registered before anything else is printed', async () => {
    const { stdout, masks } = await syncTo(workspace, {
      secrets: 'a=fake-a\npem:="-----BEGIN F-----\\nfake-b\\n}\\n"',
    })
    const lines = stdout.split(/\r?\n/)
    expect(lines.slice(0, masks.length).every((line) => line.startsWith('::add-mask::'))).toBe(true)
    expect(lines.slice(masks.length).some((line) => line.startsWith('::add-mask::'))).toBe(false)
    expect(masks).toEqual(
      expect.arrayContaining(['fake-token-of-ada', '-----BEGIN F-----', 'fake-a', 'fake-b']),
    )
  })

  test('cause a warning for each reason why a value garbles the log, or is not hidden', async () => {
    const { annotations, masks, log } = await syncTo(workspace, {
      secrets:
        'pin=§§§\nother=other-value\nword=AUTO\naccent=\u0301fake-combining\ncommand=fake##[error]fake-rest\npins:="ab\\ncd"',
    })
    expect(masks).toEqual(expect.arrayContaining(['\n§§§', '\n\u0301fake-combining', 'fake-rest']))
    expect(annotations.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        'The values of pin, word have fewer than 4 characters, or are ordinary words. ',
      ),
      expect.stringContaining('pins has no line of 4'),
      expect.stringContaining('The value of command contains a workflow command'),
    ])
    expect(log.split('\n').filter((line) => line.includes('fake-combining'))).toHaveLength(1) // The header, before us.
  })

  // Without a warning, users would rely on missing masks.
  test('cause one warning for all unmasked forms, with ten names at most', async () => {
    const secrets = Array.from({ length: 600 }, (_, n) => `k${n}=${randomBytes(60).toString('base64')}`)
    const { annotations, masks } = await syncTo(workspace, { secrets: secrets.join('\n') })
    const [warning, ...others] = annotations.map(({ message }) => message)
    expect(others).toEqual([])
    expect(warning).toMatch(
      /^The masks of this run are limited, .*: base64 of a longer text .*; hex; URL, .* forms of (k\d+, ){9}k\d+ and \d+ more\. /,
    )
    expect(warning).not.toMatch(/["'{}]/)
    expect(masks.length).toBeLessThan(10_700)
  })
})

describe('the log', () => {
  test('has a line for each key, in the order of the job summary, and a summary line', async () => {
    workspace.store.createScope('storage', { secrets: { b: 'fake-old' } })
    failPutsOf('c')
    const { log, summary, exitCode } = await syncTo(workspace, {
      secrets: 'd=fake-d\nc=fake-c\nb=fake-b\na=fake-a',
    })
    expect(exitCode).toBe(1)
    expect(log.match(/^ {2}(created|updated|failed) +\w+$/gm)).toEqual([
      '  failed   c',
      '  created  d',
      '  created  a',
      '  updated  b',
    ])
    expect(summary.match(/^\| `\w`/gm)).toEqual(['| `c`', '| `d`', '| `a`', '| `b`'])
    expect(log).toMatch(/^2 created, 1 updated, 1 failed \([\d.]+ m?s\)\.$/m)
  })

  // The runner shows ten annotations and drops the rest.
  test('annotates ten reasons, and reports all of them', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `key-${index}`)
    workspace.intercept(({ path, body }) =>
      path.endsWith('/put')
        ? apiError(400, 'BAD_REQUEST', `No ${(body as { key: string }).key} here.`)
        : undefined,
    )
    const { annotations, log, summary, outputs } = await syncTo(workspace, {
      secrets: keys.map((key) => `${key}=fake-${key}`).join('\n'),
    })
    expect(annotations.map(({ message }) => message.split(':')[0])).toEqual(keys.slice(0, 10))
    // A name or a title would be shown without masks.
    expect(annotations.every(({ title, file }) => title === undefined && file === undefined)).toBe(true)
    for (const key of keys) {
      expect(log).toContain(`Error: ${key}: The workspace refused the request (BAD_REQUEST, HTTP 400).`)
      expect(summary).toContain(`\`${key}\` | ❌ failed`)
    }
    expect(JSON.parse(outputs['failed'] ?? '')).toEqual(keys)
  })

  // Fifty keys without the same permission have one fix.
  test('reports keys that failed for the same reason together', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `key-${index}`)
    failPutsOf(...keys)
    const { annotations, log, summary } = await syncTo(workspace, {
      secrets: keys.map((key) => `${key}=fake-${key}`).join('\n'),
    })
    expect(annotations.map(({ message }) => message.split(':')[0])).toEqual([
      `${keys.slice(0, 10).join(', ')} and 15 more`,
    ])
    const named = keys.slice(0, 10).map((key) => `\`${key}\``)
    expect(summary).toContain(`> **25 keys failed:** ${named.join(', ')} and 15 more\n>\n> The workspace`)
    expect(summary.match(/The workspace refused/g)).toHaveLength(1)
    for (const key of keys) expect(summary).toContain(`| \`${key}\` | ❌ failed |`)
    for (const key of keys) expect(log).toMatch(new RegExp(`^ {2}failed +${key}$`, 'm'))
  })
})

describe('how to use the secrets', () => {
  // If this fails, a keystore is read as a string, and its bytes change.
  test.each([
    ['bytes alone', '', ['getBytes(scope="storage", key="keystore")']],
    [
      'text and bytes',
      'a=fake-a',
      ['get(scope="storage", key="a")', 'getBytes(scope="storage", key="keystore")'],
    ],
  ])('is shown for %s', async (_, secrets, calls) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'report-'))
    writeFileSync(path.join(folder, 'keystore.p12'), Buffer.from([0xfe, 0xff, 0x00, 0x80, 0x30, 0x82]))
    const { exitCode, summary } = await syncTo(
      workspace,
      { secrets, 'secret-files': 'keystore=keystore.p12' },
      { runnerVariables: { GITHUB_WORKSPACE: folder } },
    )
    rmSync(folder, { recursive: true })
    expect(exitCode).toBe(0)
    expect([...summary.matchAll(/dbutils\.secrets\.(.*)/g)].map(([, call]) => call)).toEqual(calls)
    expect(summary.includes('Spark configuration')).toBe(secrets !== '')
    expect(summary).not.toContain('/keystore&#125;')
  })
})

describe('the outputs', () => {
  // A later step that reads an output as JSON fails on one that is missing, and hides what went wrong here.
  test('are all set if the run stops', async () => {
    const { outputs } = await syncTo(workspace, { token: 'fake-nobody' })
    expect(Object.keys(outputs)).toEqual(Object.keys(NO_OUTPUTS))
  })

  test('distinguish a new scope and new keys from existing ones', async () => {
    const first = await syncTo(workspace, { secrets: 'a=fake-a' })
    const changed = { ...NO_OUTPUTS, changed: 'true' }
    expect(Object.keys(first.outputs)).toEqual(Object.keys(NO_OUTPUTS))
    expect(first.outputs).toEqual({ ...changed, 'scope-created': 'true', created: '["a"]' })
    failPutsOf('c')
    const third = await syncTo(workspace, { scope: 'other', secrets: 'c=fake-c' })
    expect(third.outputs).toMatchObject({ 'scope-created': 'true', changed: 'true', failed: '["c"]' })
    const second = await syncTo(workspace, { secrets: 'a=fake-b\nb=fake-c' })
    expect(second.outputs).toEqual({ ...changed, created: '["b"]', updated: '["a"]' })
  })

  test('report a change if only existing keys were updated', async () => {
    workspace.store.createScope('storage', { secrets: { a: 'fake-a' } })
    const { outputs } = await syncTo(workspace, { secrets: 'a=fake-a' })
    expect(outputs).toMatchObject({ created: '[]', updated: '["a"]', changed: 'true' })
  })

  // The step fails, because later steps depend on the outputs. It still reports what was done.
  test('that cannot be written make the step fail, and it still reports', async () => {
    const step = await syncTo(workspace, {}, { runnerVariables: { GITHUB_OUTPUT: '/no/such/file' } })
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('Error: The outputs could not be written')
    expect(step.log).toContain('1 created')
    expect(step.summary).toContain('| `blob` | 🆕 created |')
  })
})

describe('the job summary', () => {
  test('links to the workspace, reports each key without its value, and says how to use one', async () => {
    const first = await syncTo(workspace, {
      host: `${workspace.url}/?o=123`,
      secrets: 'a=fake-value-a\nb:="fake-value-b"',
    })
    const { summary } = first
    expect(everythingSaid(first)).not.toMatch(/fake-value|fake-token/)
    expect(summary).toContain('### ✅ Databricks secrets: `storage`')
    expect(summary).toContain(`](${workspace.url}/?o=123)`)
    expect(summary).toContain('| `a` | 🆕 created |\n| `b` | 🆕 created |')
    expect(summary).toContain('dbutils.secrets.get(scope="storage", key="a")')
    expect(summary).toContain('&#123;&#123;secrets/storage/a&#125;&#125;')
    expect(summary).toContain('scope created by this run')
    const second = await syncTo(workspace, { secrets: 'b=fake-b' })
    expect(second.summary).toContain('dbutils.secrets.get(scope="storage", key="b")')
    expect(second.summary).not.toContain('scope created by this run')
    failPutsOf('b')
    const third = await syncTo(workspace, { secrets: 'b=fake-b' })
    expect(third.summary).toContain('### ❌ Databricks secrets: `storage`')
    expect(third.summary).not.toContain('dbutils')
  })

  test('is not written with summary: false, or if the runner has none', async () => {
    expect((await syncTo(workspace, { summary: 'false' })).summary).toBe('')
    const refused = await syncTo(workspace, { summary: 'false', secrets: '' })
    expect(refused.summary).toBe('')
    expect(Object.keys(refused.outputs)).toEqual(Object.keys(NO_OUTPUTS))
    const without = await syncTo(workspace, {}, { runnerVariables: { GITHUB_STEP_SUMMARY: '' } })
    expect(without.exitCode).toBe(0)
    expect(without.annotations).toEqual([])
    const broken = await syncTo(workspace, {}, { runnerVariables: { GITHUB_STEP_SUMMARY: '/no/such/file' } })
    expect(broken.exitCode).toBe(0)
    expect(broken.log).toContain('Warning: The job summary could not be written.')
  })

  test('counts the errors that it does not list', async () => {
    const names = Array.from({ length: 9_000 }, (_, index) => `"a ${index}":"b"`)
    const { exitCode, summary, summaryShown } = await syncTo(workspace, { secrets: `{${names.join()}}` })
    expect(exitCode).toBe(1)
    expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576)
    expect(summaryShown).toContain('8,900 more errors, not listed here.')
  })

  // Nobody would see fifty failures below three hundred successful keys.
  test('has failures first', async () => {
    workspace.store.createScope('storage', { acls: { 'ada@example.com': 'MANAGE' } })
    failPutsOf('b')
    const { summary } = await syncTo(workspace, {
      secrets: 'a=fake-a\nb=fake-b\nc=fake-c',
      permissions: 'nobody@example.com=READ',
    })
    const order = [
      '**1 key failed:** `b`',
      '**1 permission failed:** `nobody',
      '| `b` | ❌',
      '`a` | 🆕',
      '`c` | 🆕',
      '| `nobody@example.com` |',
    ]
    const places = order.map((text) => summary.indexOf(text))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((one, other) => one - other))
  })

  // The runner drops a summary of more than 1 MiB completely.
  test('stays below 1 MiB for 1,000 keys that all fail for another reason', async () => {
    const keys = Array.from(
      { length: 1_000 },
      (_, index) => `${'k'.repeat(124)}${String(index).padStart(4, '0')}`,
    )
    workspace.intercept(({ path, body }) =>
      path.endsWith('/put')
        ? apiError(400, 'BAD_REQUEST', `No ${(body as { key: string }).key}${'$'.repeat(10_000)}`)
        : undefined,
    )
    const secrets = keys.map((key) => `${key.slice(28)}=fake`).join('\n')
    const { summary, summaryShown } = await syncTo(workspace, { secrets })
    expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576)
    expect(summaryShown).toContain('more: see the log.')
  })
})
