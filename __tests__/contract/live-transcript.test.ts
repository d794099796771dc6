import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { apiError } from '../../emulator/reply.js'
import { start } from '../emulator/wire.js'
import { expectAgreement } from './live-agreement.js'
import { against, launch, linesOf, live, liveHere, transcriptFile } from './live-process.js'

interface Put {
  readonly string_value?: string
  readonly bytes_value?: string
}

// Transcripts are published in issues. They must not leak a secret, a token or an e-mail address.
test('a transcript contains no value in any encoding, no token and no e-mail address', async () => {
  const workspace = await start()
  const theirs = workspace.store.createScope('contract-of-a-colleague', { secrets: { key: 'fake-value' } })
  const values = new Set<string>()
  let puts = 0
  workspace.intercept(({ path, body, headers }) => {
    if (!path.endsWith('/secrets/put')) return undefined
    const { string_value: text, bytes_value: base64 } = (body ?? {}) as Put
    for (const value of [text, base64 && Buffer.from(base64, 'base64').toString('latin1')]) {
      if (value !== undefined && value !== '') values.add(value)
    }
    const quoted = JSON.stringify(body)
    // Every third request gets an error that quotes the request: in the message, in details, as a code, and as a name.
    return ++puts % 3 === 0
      ? apiError(400, `BAD ${quoted}`, `${quoted} ${headers.authorization ?? ''} ada@example.com`)
      : undefined
  })
  const file = transcriptFile()
  const people = ['--principal', 'grace@example.com', '--other-principal', 'grace@example.com']
  const args = against(workspace, ...people, '--transcript', file)
  await liveHere(args, { DATABRICKS_OTHER_TOKEN: 'fake-token-of-grace' })
  expect(workspace.store.scopes).toEqual([theirs])
  expect(theirs.secrets.map(({ key, value }) => [key, value.toString()])).toEqual([['key', 'fake-value']])

  const transcript = await readFile(file, 'utf8')
  expect(transcript.split('\n').length).toBeGreaterThan(100)
  expect(transcript).toContain('"errorCode":"other"')
  expect(values.size).toBeGreaterThan(10)
  const secrets = [...values, ...[...values].map((value) => value.trim().slice(0, 16))].flatMap((value) => [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    // Only the first bytes, because the end of an encoded value can differ.
    Buffer.from(value).toString('base64').slice(0, 12),
    Buffer.from(value, 'latin1').toString('base64').slice(0, 12),
  ])
  for (const secret of secrets) expect(transcript).not.toContain(secret)
  for (const secret of ['example.com', 'token-of', '127.0.0.1', 'stands-for-a-token']) {
    expect(transcript).not.toContain(secret)
  }
})

// Two transcripts prove something only if the workspace is the only reason for a difference.
test('the transcript of the emulator and of a live run against it are equal, case by case', async () => {
  const workspace = await start()
  const [emulated, recorded] = [transcriptFile(), transcriptFile()]
  const principals = [
    'grace@example.com',
    '00000000-0000-4000-8000-00000000c1c1',
    'data-team',
    '[UC] Team = A',
  ]
  const args = against(
    workspace,
    ...principals.flatMap((principal) => ['--principal', principal]),
    ...['--other-principal', 'grace@example.com', '--transcript', recorded],
  )
  const [ours, theirs] = await Promise.all([
    launch('emulated.ts', ['--clients', 'rest', '--transcript', emulated]).ended,
    live(args, { DATABRICKS_OTHER_TOKEN: 'fake-token-of-grace' }),
  ])
  expect([ours.code, theirs.stderr]).toEqual([0, ''])
  expectAgreement(workspace, theirs)
  expect(workspace.store.scopes).toEqual([])
  const played = byCase(await linesOf(recorded))
  const own = byCase(await linesOf(emulated))
  expect(played.size).toBeGreaterThan(40)
  expect(played.get('whether secrets can be read')).toHaveLength(3)
  played.delete('whether secrets can be read')
  expect(played).toEqual(new Map([...own].filter(([name]) => played.has(name))))
})

/** Returns the lines of each case without their number, sorted, because the action writes several secrets at once. */
function byCase(lines: readonly Record<string, unknown>[]): Map<unknown, string[]> {
  const cases = new Map<unknown, string[]>()
  for (const { during, ...line } of lines) {
    cases.set(during, [...(cases.get(during) ?? []), JSON.stringify({ ...line, n: 0 })].sort())
  }
  return cases
}
