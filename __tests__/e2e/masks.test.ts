import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { apiError } from '../../emulator/reply.js'
import { SecretMasker } from '../runner/secret-masker.js'
import type { StepResult } from '../runner/step.js'
import { folder } from './folder-of-test.js'
import { everythingSaid, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

const SERVICE_ACCOUNT = `${JSON.stringify(
  {
    type: 'fake_account',
    id: 7,
    private_key: '-----BEGIN FAKE KEY-----\nZmFrZSBrZXkgZm9yIHRlc3Rz\n-----END FAKE KEY-----\n',
    tags: ['a', 'b'],
  },
  null,
  2,
)}\n`

/** Writes the service account and more files, with the keys `other-0`, `other-1` and so on. */
async function sync(...others: (string | Buffer)[]): Promise<StepResult> {
  await writeFile(path.join(folder, 'account.json'), SERVICE_ACCOUNT)
  const files = ['account=account.json']
  for (const [index, other] of others.entries()) {
    await writeFile(path.join(folder, String(index)), other)
    files.push(`other-${index}=${index}`)
  }
  return await syncTo(workspace, { secrets: '', 'secret-files': files.join('\n') }, { workspace: folder })
}

/** The log of a later step of the job. */
function shownLater(step: StepResult, text: string): string {
  const masker = new SecretMasker()
  for (const mask of step.masks) masker.add(mask)
  return text
    .split('\n')
    .map((line) => masker.mask(line))
    .join('\n')
}

describe('a JSON secret of several lines', () => {
  // If the runner masked its lines, every brace and `],` in the log of the job would become stars.
  test('leaves the log readable, and is masked when a tool prints its parts', async () => {
    const step = await sync('fake-value')
    const json = JSON.stringify({ unrelated: [1, { labels: ['x'] }], id: 8, type: 'other' }, null, 2)
    expect(shownLater(step, json)).toBe(json)
    expect(step.masks.filter((mask) => mask.trim().length < 4)).toEqual([])
    // Except for the header, which contains the token of the job.
    const log = step.entries.filter(({ kind }) => kind !== 'header').map(({ text }) => text)
    expect(log.join('\n')).not.toContain('***')
    expect(step.log).toContain('2 created')
    expect(step.summary).toContain('dbutils.secrets.get(scope="storage", key="account")')
    // `jq -r .private_key` prints a text that the document contains only in escaped form.
    const { private_key: key } = JSON.parse(SERVICE_ACCOUNT) as { private_key: string }
    expect(shownLater(step, key)).toBe('***\n***\n***\n')
  })
})

// Forms of a value that differ from the value itself. A later step must not print one of them unmasked.
describe('a value that a later step prints', () => {
  test('is masked in each form', async () => {
    const forms: Record<string, [value: string | Buffer, printed: string]> = {
      // The runner does not find the end of the command before these two characters.
      'that begins with an accent': ['\u0301fake-acute', '\u0301fake-acute'],
      'that begins with a vowel sign': ['\u0903fake-visarga', '\u0903fake-visarga'],
      'of UTF-16': [Buffer.from('\ufefffäke-little\r\n', 'utf16le'), 'fäke-little'],
      'of big-endian UTF-16': [Buffer.from('\ufefffäke-big\r\n', 'utf16le').swap16(), 'fäke-big'],
      'with a byte order mark before JSON': ['\ufeff{"a":"fake\\u002dleaf"}', 'fake-leaf'],
      'with a byte order mark before text': ['\ufefffake-marked', 'fake-marked'],
      'in the form of a URL': ['fake/a b', 'fake/a%20b'],
      'in a page': [`it's "fake"`, "it's &quot;fake&quot;"],
    }
    const step = await sync(...Object.values(forms).map(([value]) => value))
    expect(step.exitCode).toBe(0)
    for (const [name, [, printed]] of Object.entries(forms)) {
      expect([name, shownLater(step, `(${printed})`)]).toEqual([name, '(***)'])
    }
  })

  // The runner treats U+0085 as white space, so the mask would be the brace alone.
  test('leaves braces and the words of JSON in the log', async () => {
    const step = await sync('["\u0085\u0085{\u0085","true","null","fake-leaf"]')
    expect(shownLater(step, '{"ok": true, "id": null}')).toBe('{"ok": true, "id": null}')
    expect(shownLater(step, 'fake-leaf')).toBe('***')
  })
})

// If one key had its own message, it would be listed on its own.
test('a workspace that echoes what it received is quoted without the value', async () => {
  const values = ['a', 'b', 'c', 'd'].map((letter) => `fake-"${letter.repeat(6)}" value`)
  const [whole = '', base64 = '', json = '', part = ''] = values
  const echoes = [
    whole,
    Buffer.from(base64).toString('base64'),
    JSON.stringify(json).slice(1, -1),
    part.slice(3, 15),
  ]
  workspace.intercept(({ path: call, body }) => {
    if (!call.endsWith('/secrets/put')) return undefined
    const echoed = echoes[Number((body as { key: string }).key.replace('other-', ''))] ?? whole
    return apiError(400, 'BAD_REQUEST', `Got (${echoed})!`)
  })
  const step = await sync(...values)
  expect(step.exitCode).toBe(1)
  expect(step.annotations.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^account, other-0, other-1, other-2, other-3: .* It says: "Got \(\*\*\*\)!"/),
  ])
  expect(step.summary).toContain('Got ')
  for (const echoed of echoes) expect(everythingSaid(step)).not.toContain(echoed)
})

// The runner decodes these escapes in a command. Without another escape, it would mask another text.
test('a value that looks like an escape of the runner is masked unchanged', async () => {
  const value = 'fake%0Avalue%25of%0Dpercents'
  const step = await sync(value)
  expect(step.masks).toContain(value)
  // If the runner decoded one escape too many, this text would be masked.
  expect(shownLater(step, encodeURIComponent(value))).toBe('***')
  expect(step.masks.filter((mask) => /[\r\n]/.test(mask))).toEqual([])
})
