import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { syncTo } from './sync-step.js'

/** Generated at run time, so that nothing in this file looks like a key. */
const PEM = `-----BEGIN FAKE KEY-----\n${randomBytes(96).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END FAKE KEY-----\n`

const AWKWARD: Record<string, string> = {
  'trailing-blanks': 'fake value  \t ',
  'leading-blanks': '  fake value',
  quotes: `"fake" 'value' \`x\``,
  null: 'not null',
  hash: 'fake # value',
  percent: 'fake%0Avalue%25%0D',
  command: '::set-output name=a::fake',
  'old-command': '##[set-output name=a;]fake',
  equals: '=fake==',
  colon: ':fake: value',
  dollar: "$& $1 $' ${HOME} $(id)",
  backslash: 'fake\\n\\u0041\\value\\',
  emoji: '🔑 fäke \u2028 e\u0301',
  stars: '*** fake ***',
  'json-text': '{"fake":{"a":[1,null]}}',
}

/** Values that `key=value` cannot express. */
const SEVERAL_LINES: Record<string, string> = {
  pem: PEM,
  crlf: 'fake\r\nvalue\r\n',
  cr: 'fake\rvalue',
  'json-lines': JSON.stringify({ fake: PEM }, null, 2),
  'dotenv-text': 'FAKE_A=1\nFAKE_B=2\n',
  controls: 'fake\u0001\u007f\u001b[31mvalue',
}

let workspace: EmulatedWorkspace
let files: string

beforeAll(async () => {
  workspace = await EmulatedWorkspace.start()
  files = realpathSync(mkdtempSync(path.join(tmpdir(), 'bytes-')))
})

afterAll(async () => {
  rmSync(files, { recursive: true })
  await workspace.close()
})

/** The secret that a notebook would read: the response of `secrets/get`, over HTTP. */
async function get(scope: string, key: string): Promise<Buffer> {
  const query = new URLSearchParams({ scope, key }).toString()
  const answer = await fetch(`${workspace.url}/api/2.0/secrets/get?${query}`, {
    headers: { authorization: 'Bearer fake-token-of-ada' },
  })
  const { value } = (await answer.json()) as { value: string }
  return Buffer.from(value, 'base64')
}

async function expectStored(scope: string, values: Record<string, string | Buffer>): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    expect([key, (await get(scope, key)).toString('hex')]).toEqual([key, Buffer.from(value).toString('hex')])
  }
}

function withPrefix<Value>(prefix: string, values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]))
}

// If one byte is different, a login fails later, and no log says why.
describe('the right bytes are written', () => {
  test('through key=value, key:=toJSON, environment variables and files, in one map', async () => {
    const any = { ...AWKWARD, ...SEVERAL_LINES }
    const lines = withPrefix('line-', AWKWARD)
    const documents = withPrefix('json-', { ...any, nul: 'fake\0value' })
    const envs = withPrefix('env-', any)
    const contents = withPrefix<string | Buffer>('file-', {
      keystore: Buffer.concat([
        Buffer.from([0x30, 0x82, 0x0a, 0x00, 0xff, 0xfe, 0x0d, 0x0a]),
        randomBytes(2_600),
      ]),
      largest: randomBytes(131_072),
      'largest-text': Buffer.from('ä'.repeat(65_536)),
      text: Buffer.from('\ufeff fake value \r\n'),
    })
    for (const [key, value] of Object.entries(contents)) writeFileSync(path.join(files, key), value)
    const { exitCode } = await syncTo(
      workspace,
      {
        scope: 'inputs',
        secrets: [
          ...Object.entries(lines).map(([key, value]) => `${key}=${value}`),
          ...Object.entries(documents).map(([key, value]) => `${key}:=${JSON.stringify(value)}`),
        ].join('\n'),
        'secret-envs': Object.keys(envs)
          .map((key, index) => `${key}=FAKE_${index}`)
          .join('\n'),
        'secret-files': Object.keys(contents)
          .map((key) => `${key}=${key}`)
          .join('\n'),
      },
      {
        workspace: files,
        env: Object.fromEntries(Object.values(envs).map((value, index) => [`FAKE_${index}`, value])),
      },
    )
    expect(exitCode).toBe(0)
    await expectStored('inputs', { ...lines, ...documents, ...envs, ...contents })
    // If the workspace echoed the base64 of a text, the masks of the runner might not hide it. Text would lose bytes of a file.
    for (const { body } of workspace.requests.to('secrets/put')) {
      const { key } = body as { key: string }
      const field = key.startsWith('file-') ? 'bytes_value' : 'string_value'
      expect([key, Object.keys(body as object)]).toEqual([key, ['scope', 'key', field]])
    }
  })

  test('through the last line of the map, with the blanks at its end', async () => {
    const { exitCode } = await syncTo(workspace, { scope: 'last', secrets: 'a=fake-a\nb=fake-b  ' })
    expect(exitCode).toBe(0)
    await expectStored('last', { a: 'fake-a', b: 'fake-b  ' })
  })

  test('through key=value from a file with Windows line ends', async () => {
    const { exitCode } = await syncTo(workspace, { scope: 'windows', secrets: 'a=fake-a \r\nb=fake-b\r\n' })
    expect(exitCode).toBe(0)
    await expectStored('windows', { a: 'fake-a ', b: 'fake-b' })
  })

  test('through ${{ toJSON(secrets) }}, without github_token', async () => {
    const values = { ...AWKWARD, ...SEVERAL_LINES }
    const secrets = JSON.stringify({ ...values, github_token: 'fake-github-token' }, null, 2)
    const { exitCode, outputs } = await syncTo(workspace, { scope: 'json', secrets, include: '*' })
    expect(exitCode).toBe(0)
    expect(JSON.parse(outputs['created'] ?? '')).toEqual(Object.keys(values))
    await expectStored('json', values)
    expect(workspace.store.scope('json').secret('github_token')).toBeUndefined()
  })

  // Databricks refuses larger values, when half of the map may already be written.
  test('up to 131,072 bytes of UTF-8, and beyond that nothing is sent', async () => {
    writeFileSync(path.join(files, 'too-large'), randomBytes(131_073))
    workspace.requests.reset()
    const { exitCode, log } = await syncTo(
      workspace,
      { secrets: 'ok=fake', 'secret-files': 'blob=too-large' },
      { workspace: files },
    )
    expect(exitCode).toBe(1)
    expect(log).toContain('Error: secret-files, line 1: the value is larger than 131,072 bytes')
    expect(workspace.requests.all).toHaveLength(0)

    const many = 'ä'.repeat(50_000)
    const wide = await syncTo(workspace, { secrets: `a:=${JSON.stringify(many)}` })
    expect(wide.exitCode).toBe(0)
    const stored = workspace.store.scope('storage').secret('a')?.value ?? Buffer.alloc(0)
    expect(createHash('sha256').update(stored).digest('hex')).toBe(
      createHash('sha256').update(many).digest('hex'),
    )
  })
})
