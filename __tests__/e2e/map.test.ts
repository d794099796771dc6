import { randomBytes } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'

import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { expectRefused } from './refused-step.js'
import { everythingSaid, syncTo } from './sync-step.js'

let workspace: EmulatedWorkspace
let folder: string

beforeAll(async () => {
  workspace = await EmulatedWorkspace.start()
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'map-')))
})

afterAll(async () => {
  rmSync(folder, { recursive: true })
  await workspace.close()
})

beforeEach(() => {
  workspace.requests.reset()
})

/** The scope as a notebook sees it: every key with its value, over HTTP. */
async function contentOf(scope: string): Promise<Record<string, string>> {
  const ask = async (call: string): Promise<unknown> => {
    const headers = { authorization: 'Bearer fake-token-of-ada' }
    return await (await fetch(`${workspace.url}/api/2.0/secrets/${call}`, { headers })).json()
  }
  const { secrets = [] } = (await ask(`list?scope=${scope}`)) as { secrets?: { key: string }[] }
  const content: Record<string, string> = {}
  for (const { key } of secrets) {
    const { value } = (await ask(`get?scope=${scope}&key=${key}`)) as { value: string }
    content[key] = Buffer.from(value, 'base64').toString()
  }
  return content
}

function fakeValue(): string {
  return `fake-${randomBytes(9).toString('hex')}`
}

describe('the secrets of a repository', () => {
  const PROD = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`PROD_API_${n}_KEY`, fakeValue()]))
  const OTHERS = { TEST_API_KEY: fakeValue(), PROD_DEPLOY_KEY: fakeValue(), EMPTY: '' }
  const secrets = JSON.stringify({ ...OTHERS, ...PROD, github_token: 'fake-github-token' }, null, 2)
  const FOUR_LINES = { secrets, include: 'prod_*', exclude: 'PROD_DEPLOY_*', 'key-strip-prefix': 'PROD_' }

  // A list of fifty lines probably contains a typing error.
  test('become a scope with four lines, and excluded secrets are not written', async () => {
    const step = await syncTo(workspace, { ...FOUR_LINES, scope: 'repository', 'key-case': 'kebab' })
    expect(step.exitCode).toBe(0)
    expect(step.annotations).toEqual([])
    const expected = Object.entries(PROD).map(([name, value]) => {
      return [name.slice(5).toLowerCase().replaceAll('_', '-'), value]
    })
    expect(await contentOf('repository')).toEqual(Object.fromEntries(expected))
    expect(JSON.parse(step.outputs['created'] ?? '')).toEqual(expected.map(([key]) => key))
    const sent = workspace.requests.all.map(({ rawBody }) => rawBody.toString()).join('\n')
    for (const value of [OTHERS.TEST_API_KEY, OTHERS.PROD_DEPLOY_KEY, 'fake-github-token']) {
      expect(sent).not.toContain(value)
      // This step received them, so they are masked for the rest of the job.
      expect(step.masks).toContain(value)
    }
  })

  test('get the prefix of a team', async () => {
    const inputs = { 'key-case': 'snake', 'key-prefix': 'team.', include: 'PROD_API_1_KEY', exclude: '' }
    const step = await syncTo(workspace, { ...FOUR_LINES, scope: 'team', ...inputs })
    expect(step.exitCode).toBe(0)
    expect(await contentOf('team')).toEqual({ 'team.api_1_key': PROD['PROD_API_1_KEY'] })
  })

  // Line numbers do not help, because nobody sees the text that GitHub generates.
  test('are named in the error if two become one key or if they are not visible', async () => {
    const twins = { API_KEY: fakeValue(), PROD_API_KEY: fakeValue(), GONE: '', LOST: ' ' }
    const step = await syncTo(workspace, { secrets: JSON.stringify(twins), 'key-strip-prefix': 'PROD_' })
    expect(step.exitCode).toBe(1)
    expect(workspace.requests.all).toEqual([])
    const place = /Error: secrets, PROD_API_KEY \(line 1, column \d+\): same key as secrets, API_KEY \(line 1/
    expect(step.log).toMatch(place)
    expect(step.log).toContain('Error: secrets, GONE, LOST: the value is empty')
    for (const value of Object.values(twins).filter((each) => each.trim() !== '')) {
      expect(everythingSaid(step)).not.toContain(value)
      expect(step.masks).toContain(value)
    }
  })
})

describe('the whole secrets context', () => {
  const OWN = { A_KEY: fakeValue(), B_KEY: fakeValue() }

  // Otherwise, each new secret of the repository would be copied to the scope.
  test('stops the run without include, and says how many names it has', async () => {
    const secrets = JSON.stringify({ ...OWN, github_token: 'fake-github-token' })
    const step = await syncTo(workspace, { secrets, exclude: 'B_*' })
    expectRefused(workspace, step, 'secrets: this is the whole secrets context, with 2 names')
    expect(step.masks).toEqual(expect.arrayContaining([...Object.values(OWN), 'fake-github-token']))
  })

  // Other runners write the name in capitals. A secret with the same value can have any name.
  test('leaves the token of the job out by name and by value, with a notice', async () => {
    const secrets = JSON.stringify({ ...OWN, GITHUB_TOKEN: 'fake-github-token', COPY: 'fake-github-token-2' })
    const inputs = { secrets, include: '*', 'github-token': 'fake-github-token-2', scope: 'context' }
    const step = await syncTo(workspace, inputs)
    expect(step.exitCode).toBe(0)
    expect(await contentOf('context')).toEqual(OWN)
    expect(step.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      expect.stringMatching(/^notice: GITHUB_TOKEN was left out/),
      expect.stringMatching(/^notice: COPY was left out/),
    ])
  })

  // In a file, this name is a secret of the user.
  test('is not a file that contains github_token', async () => {
    const github_token = fakeValue()
    writeFileSync(path.join(folder, 'vault.json'), JSON.stringify({ github_token }))
    const inputs = { secrets: '', 'secrets-file': 'vault.json', scope: 'vault', prune: 'true' }
    const step = await syncTo(workspace, inputs, { workspace: folder })
    expect(step.exitCode).toBe(0)
    expect(await contentOf('vault')).toEqual({ github_token })
    expect(step.annotations).toEqual([])
  })
})

describe('a placeholder', () => {
  // The step would succeed, and later a login would fail with the password "null".
  test('stops the run, and the message is not garbled by its mask', async () => {
    const step = await syncTo(workspace, { secrets: 'blob=fake-value\nkey=null' })
    expectRefused(workspace, step, 'secrets, line 2: the value is')
    expect(step.masks).not.toContain('null')
    expect(step.log.match(/Error: .*/)?.[0]).not.toContain('***')
  })

  // This may be intended: a reader of the scope may have the key to decrypt it.
  test('but looks encrypted is written, and one warning names the keys', async () => {
    const values = { a: 'encrypted:BFakeFake', b: '{{secrets/scope/key}}' }
    const secrets = Object.entries(values).map(([key, value]) => `${key}=${value}`)
    const step = await syncTo(workspace, { secrets: secrets.join('\n'), scope: 'encrypted' })
    expect(step.exitCode).toBe(0)
    expect(await contentOf('encrypted')).toEqual(values)
    expect(step.annotations).toEqual([
      expect.objectContaining({ level: 'warning', message: expect.stringContaining(': a, b.') }),
    ])
  })
})

describe('secrets-file', () => {
  // This many errors in one call, or this many escapes in one pattern, would overflow the stack.
  test.each([
    ['lines.env', 'x\n'.repeat(300_000), ['lines 1 to 300000: not a dotenv line'], '300,000 '],
    [
      'escapes.env',
      `B="${'\\n'.repeat(4_000_000)}"`,
      ['line 1: the value is empty', 'line 1: the value is larger'],
      '2 ',
    ],
    [
      'escapes.json',
      `{"B":"${'\\n'.repeat(4_000_000)}"}`,
      ['B (line 1, column 2): the value is empty', 'B (line 1, column 2): the value is larger'],
      '2 ',
    ],
  ])(
    'that is enormous and wrong is told in a few errors, after the masks: %s',
    async (name, content, messages, count) => {
      writeFileSync(path.join(folder, name), content)
      const step = await syncTo(
        workspace,
        { secrets: 'a=fake-a', 'secrets-file': name },
        { workspace: folder },
      )
      expectRefused(workspace, step, ...messages.map((message) => `secrets-file, ${message}`))
      expect(step.log).toContain(`first request: ${count}`)
      expect(step.masks).toContain('fake-a')
    },
  )

  // An input can have 128 KiB. These values are larger, and every byte must be correct.
  test('reads a JSON map that is too large for an input', async () => {
    const map = Object.fromEntries(
      Array.from({ length: 5 }, (_, n) => [`BLOB_${n}`, `${randomBytes(48_000).toString('base64')}\n"é`]),
    )
    writeFileSync(path.join(folder, 'map.json'), `\ufeff${JSON.stringify(map)}`)
    const inputs = { secrets: 'one=fake-one', 'secrets-file': 'map.json', 'key-case': 'lower', scope: 'file' }
    const step = await syncTo(workspace, inputs, { workspace: folder })
    expect(step.exitCode).toBe(0)
    const expected = Object.entries(map).map(([name, value]) => [name.toLowerCase(), value])
    expect(await contentOf('file')).toEqual({ one: 'fake-one', ...Object.fromEntries(expected) })
    expect(JSON.parse(step.outputs['created'] ?? '')).toEqual(['one', ...expected.map(([key]) => key)])
  })

  test('reads a dotenv map, with include and exclude', async () => {
    const [password, other] = [fakeValue(), fakeValue()]
    const lines = [
      '# of the deploy',
      `export DB_PASSWORD='${password} #$'`,
      `OTHER=${other}`,
      'PEM="a\\nfake-b"',
      '',
    ]
    writeFileSync(path.join(folder, '.env.prod'), lines.join('\r\n'))
    const inputs = {
      secrets: '',
      'secrets-file': '.env.prod',
      exclude: 'other',
      'key-case': 'kebab',
      scope: 'dotenv',
    }
    const step = await syncTo(workspace, inputs, { workspace: folder })
    expect(step.exitCode).toBe(0)
    expect(await contentOf('dotenv')).toEqual({ 'db-password': `${password} #$`, pem: 'a\nfake-b' })
    expect(step.masks).toContain(other)
  })

  // With two values for one key, the result would depend on chance.
  test('does not repeat a key of another input', async () => {
    writeFileSync(path.join(folder, 'twin.json'), '{"Blob":"fake-other"}')
    const step = await syncTo(workspace, { 'secrets-file': 'twin.json' }, { workspace: folder })
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('secrets-file, Blob (line 1, column 2): same key as secrets, line 1')
  })

  // An invalid file may still contain secrets, and errors are public.
  test('shows nothing of a value as a name', async () => {
    const value = fakeValue()
    writeFileSync(path.join(folder, 'a.json'), JSON.stringify({ [value]: null, A: value }))
    const step = await syncTo(workspace, { secrets: '', 'secrets-file': 'a.json' }, { workspace: folder })
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('Error: secrets-file')
    expect(workspace.requests.all).toEqual([])
    for (let at = 5; at + 8 <= value.length; at++) {
      expect(everythingSaid(step)).not.toContain(value.slice(at, at + 8))
    }
  })
})
