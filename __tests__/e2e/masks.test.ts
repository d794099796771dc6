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

/** Writes the service account and one more file. */
async function sync(other: string | Buffer): Promise<StepResult> {
  await writeFile(path.join(folder, 'account.json'), SERVICE_ACCOUNT)
  await writeFile(path.join(folder, 'other'), other)
  return await syncTo(
    workspace,
    { secrets: '', 'secret-files': 'account=account.json\nother=other' },
    { workspace: folder },
  )
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
  test('leaves the log readable', async () => {
    const step = await sync('fake-value')
    const json = JSON.stringify({ unrelated: [1, { labels: ['x'] }], id: 8, type: 'other' }, null, 2)
    expect(shownLater(step, json)).toBe(json)
    expect(step.masks.filter((mask) => mask.trim().length < 4)).toEqual([])
    // Except for the header, which contains the token of the job.
    const log = step.entries.filter(({ kind }) => kind !== 'header').map(({ text }) => text)
    expect(log.join('\n')).not.toContain('***')
  })

  // `jq -r .private_key` prints a text that the document contains only in escaped form.
  test('is masked when a tool prints its parts', async () => {
    const { private_key: key } = JSON.parse(SERVICE_ACCOUNT) as { private_key: string }
    expect(shownLater(await sync('fake-value'), key)).toBe('***\n***\n***\n')
  })
})

// Forms of a value that differ from the value itself. A later step must not print one of them unmasked.
describe('a value that a later step prints', () => {
  test.each<[string, string | Buffer, string]>([
    // The runner does not find the end of the command before this character.
    ['that begins with an accent', '\u0301fake-acute', '\u0301fake-acute'],
    ['that begins with a vowel sign', '\u0903fake-visarga', '\u0903fake-visarga'],
    ['of UTF-16', Buffer.from('\ufefffäke-text\r\n', 'utf16le'), 'fäke-text'],
    ['of big-endian UTF-16', Buffer.from('\ufefffäke-text\r\n', 'utf16le').swap16(), 'fäke-text'],
    ['with a byte order mark before JSON', '\ufeff{"a":"fake\\u002dleaf"}', 'fake-leaf'],
    ['with a byte order mark before text', '\ufefffake-value', 'fake-value'],
    ['in the form of a URL', 'fake/a b', 'fake/a%20b'],
    ['in a page', `it's "fake"`, "it's &quot;fake&quot;"],
  ])('is masked: one %s', async (_, value, printed) => {
    const step = await sync(value)
    expect(step.exitCode).toBe(0)
    expect(shownLater(step, `(${printed})`)).toBe('(***)')
  })

  // The runner treats U+0085 as white space, so the mask would be the brace alone.
  test('leaves braces and the words of JSON in the log', async () => {
    const step = await sync('["\u0085\u0085{\u0085","true","null","fake-leaf"]')
    expect(shownLater(step, '{"ok": true, "id": null}')).toBe('{"ok": true, "id": null}')
    expect(shownLater(step, 'fake-leaf')).toBe('***')
  })
})

describe('a workspace that echoes what it received', () => {
  const value = 'fake-"quoted" value'

  test.each([
    ['as it is', value],
    ['as base64', Buffer.from(value).toString('base64')],
    ['as JSON', JSON.stringify(value).slice(1, -1)],
    ['in part', value.slice(3, 15)],
  ])('is quoted without the value: %s', async (_, echoed) => {
    workspace.intercept(({ path: call }) =>
      call.endsWith('/secrets/put') ? apiError(400, 'BAD_REQUEST', `Got (${echoed})!`) : undefined,
    )
    const step = await sync(value)
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('It says: "Got (***)!"')
    expect(step.summary).toContain('Got ')
    expect(everythingSaid(step)).not.toContain(echoed)
  })
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
