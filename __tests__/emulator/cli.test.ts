import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { readArguments } from '../../emulator/cli-arguments.js'
import { parseConsumersOptions } from '../../emulator/consumers/parse-options.js'
import { RUN_TYPESCRIPT } from '../runner/run-typescript.js'

const CLI = fileURLToPath(new URL('../../emulator/cli.ts', import.meta.url))
const running: ChildProcess[] = []

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

function spawnCli(...args: string[]) {
  const child = spawn(process.execPath, [...RUN_TYPESCRIPT, CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  return child
}

/** Runs it to its end. */
async function runCli(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const child = spawnCli(...args)
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'exit') as Promise<unknown[]>,
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, stdout, stderr }
}

/** The status of a read of a missing Unity Catalog secret, which tells whether the workspace has such secrets. */
async function statusOfMissingSecret(url: string): Promise<number> {
  const headers = { authorization: 'Bearer fake-token-of-ada' }
  return (await fetch(`${url}/api/2.1/unity-catalog/secrets/main.storage.key`, { headers })).status
}

test('it says where it is and how to call it, reports each request without a value, has no Unity Catalog, and ends on a signal', async () => {
  const child = spawnCli(
    '--port',
    '0',
    '--plan',
    'standard',
    '--key-vault-scope',
    'kv',
    '--key-vault-scope',
    'kv2',
    '--unity-catalog',
    'none',
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string> => String((await lines.next()).value)

  const banner = await nextLine()
  const url = /^Databricks emulator on (http:\/\/127\.0\.0\.1:\d+), standard plan$/.exec(banner)?.[1] ?? ''
  let line = await nextLine()
  while (!line.includes('curl')) line = await nextLine()
  expect(line.trim()).toBe(
    `curl -H 'Authorization: Bearer fake-token-of-ada' ${url}/api/2.0/secrets/scopes/list`,
  )

  const headers = { authorization: 'Bearer fake-token-of-ada' }
  const list = await fetch(`${url}/api/2.0/secrets/scopes/list`, { headers })
  expect(await list.json()).toMatchObject({ scopes: [{ name: 'kv' }, { name: 'kv2' }] })
  expect(await nextLine()).toBe('GET /api/2.0/secrets/scopes/list 200')
  const body = JSON.stringify({ scope: 'kv', key: 'k', string_value: 'a value' })
  await fetch(`${url}/api/2.0/secrets/put?key=k`, { method: 'POST', body, headers })
  expect(await nextLine()).toBe('POST /api/2.0/secrets/put 400 BAD_REQUEST')
  expect(await statusOfMissingSecret(url)).toBe(403)

  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

// Lost otherwise: what a client said to the emulator, for a bug report that may be public.
test('it writes a transcript when asked, without a value, and has no secrets in Unity Catalog when asked', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'emulator-'))
  try {
    const file = path.join(folder, 'transcript.jsonl')
    const child = spawnCli('--port', '0', '--transcript', file, '--unity-catalog', 'secrets-off')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const url = /http:\S+\d/.exec(String((await lines.next()).value))?.[0] ?? ''
    const body = JSON.stringify({ scope: 's', key: 'k', string_value: 'a value' })
    await fetch(`${url}/api/2.0/secrets/put`, { method: 'POST', body })
    let line = ''
    while (!line.startsWith('POST')) line = String((await lines.next()).value)
    expect(await statusOfMissingSecret(url)).toBe(403)
    child.kill('SIGTERM')
    await once(child, 'exit')
    const written = readFileSync(file, 'utf8')
    expect(JSON.parse(written.split('\n')[0] ?? '')).toMatchObject({
      n: 1,
      body: { string_value: 'string' },
      errorCode: 401,
    })
    expect(written).not.toContain('a value')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** Runs `use` with a file of this content, and removes the file. */
async function withFile<T>(content: string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'emulator-'))
  try {
    const file = path.join(folder, 'consumers.json')
    writeFileSync(file, content)
    return await use(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// Lost otherwise: somebody who wants to try a schema, or the search, has no catalog, and nothing that could be found.
test('it has the schemas that it is started with, and the clusters, jobs and others of a file', async () => {
  const options = {
    content: { clusters: [{}, { spark_conf: { key: '{{secrets/storage/key}}' }, visibleTo: ['users'] }] },
    pages: { size: 1 },
    unavailable: { apps: 'disabled' },
  }
  await withFile(JSON.stringify(options), async (file) => {
    const schemas = ['--schema', 'Main.Storage', '--external-schema', 'main.vault', '--unity-catalog', 'on']
    const child = spawnCli('--port', '0', '--consumers', file, ...schemas)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const url = /http:\S+\d/.exec(String((await lines.next()).value))?.[0] ?? ''
    const get = (who: string, call: string): Promise<Response> =>
      fetch(`${url}/api/${call}`, { headers: { authorization: `Bearer fake-token-of-${who}` } })
    const all = (await (await get('root', '2.1/clusters/list')).json()) as { next_page_token: string }
    expect(all.next_page_token).not.toBe('')
    expect(await (await get('ada', '2.1/clusters/list')).json()).toMatchObject({
      clusters: [{ spark_conf: { key: '{{secrets/storage/key}}' } }],
      next_page_token: '',
    })
    expect((await get('root', '2.0/apps')).status).toBe(404)
    expect(await statusOfMissingSecret(url)).toBe(404)

    const post = async (who: string, schema: string): Promise<number> => {
      const body = { catalog_name: 'main', schema_name: schema, name: who, value: 'a value' }
      const headers = { authorization: `Bearer fake-token-of-${who}` }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      return (await fetch(`${url}/api/2.1/unity-catalog/secrets`, init)).status
    }
    expect(await post('ada', 'storage')).toBe(200)
    expect(await post('ci', 'storage')).toBe(200)
    // It is backed by a key vault.
    expect(await post('ada', 'vault')).toBe(400)
    let line = ''
    while (!line.startsWith('POST')) line = String((await lines.next()).value)
    expect(line).toBe('POST /api/2.1/unity-catalog/secrets 200')
  })
})

test('it explains itself when asked, and takes the sample of a file in its help', async () => {
  const { code, stdout } = await runCli('--help')
  expect(code).toBe(0)
  expect(stdout).toContain('--key-vault-scope NAME')
  const sample = /^\{\n.*^\}$/ms.exec(stdout)?.[0] ?? ''
  expect(parseConsumersOptions(sample).content).toMatchObject({ clusters: [{}], jobs: [{}] })
})

test('it refuses a file of consumers that is wrong, and names the file', async () => {
  const { code, stderr, stdout } = await withFile('{', (file) => runCli('--consumers', file))
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^--consumers \S+consumers\.json: The file is not JSON\.\n$/)
})

// Lost otherwise: a benchmark against a workspace that refuses nothing would tell of nothing but loopback.
test('it refuses what comes too fast when asked', async () => {
  const child = spawnCli('--port', '0', '--throttle', '1', '--max-in-flight', '20')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const url = /http:\S+\d/.exec(String((await lines.next()).value))?.[0] ?? ''
  const headers = { authorization: 'Bearer fake-token-of-ada' }
  // A second gives room for one, so of so many at once some are too many, however slow the machine is.
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => fetch(`${url}/api/2.0/secrets/scopes/list`, { headers })),
  )
  const statuses = answers.map(({ status }) => status)
  expect(statuses).toContain(200)
  expect(statuses).toContain(429)
  let line = ''
  while (!line.endsWith('429 REQUEST_LIMIT_EXCEEDED')) line = String((await lines.next()).value)
})

test('it ends cleanly on Ctrl-C from its first line on', async () => {
  const child = spawnCli('--port', '0')
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test.each<[string[], string | RegExp]>([
  [['--plan', 'gold'], '--plan is premium or standard, not gold'],
  [['--port', '65536'], '--port is a whole number from 0 to 65535, not 65536'],
  [['--latency-ms', '1.5'], '--latency-ms is a whole number from 0 to 60000, not 1.5'],
  [['--throttle', 'fast'], '--throttle is a whole number from 0 to 100000, not fast'],
  [['--max-in-flight', '-1'], '--max-in-flight'],
  [['--prot', '1'], "Unknown option '--prot'"],
  [['--unity-catalog', 'off'], '--unity-catalog is on, secrets-off or none, not off'],
  [['--consumers', 'no-such-file.json'], /^--consumers no-such-file\.json: .*ENOENT/],
  [['--schema', 'storage'], '--schema is named CATALOG.SCHEMA, not storage'],
  [['--external-schema', 'a.b.c'], '--external-schema is named CATALOG.SCHEMA, not a.b.c'],
])('its arguments may not be %j', (args, message) => {
  expect(() => readArguments(args)).toThrow(message)
})

test.each([
  [['--port', '0', '--schema', 'main.a b'], 'A name has 1 to 248 characters'],
  [['--port', '0', '--schema', 'a.b', '--external-schema', 'A.B'], "Schema 'A.B' already exists."],
  [['--port', '0', '--key-vault-scope', 'a b'], 'A scope name has 1 to 128 of these characters'],
])('it refuses %j and says why', async (args, message) => {
  const { code, stderr, stdout } = await runCli(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
  expect(stdout).toBe('')
})
