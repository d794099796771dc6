import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { apiError } from '../../emulator/reply.js'
import { start } from '../emulator/wire.js'
import { against, launch, linesOf, live, transcriptFile } from './live-process.js'

interface Put {
  readonly string_value?: string
  readonly bytes_value?: string
}

// Lost otherwise: a secret, a token or a person's address, to everybody who reads the issue that a transcript is put into.
test('a transcript holds no value in any form, no token, and nobody’s e-mail', async () => {
  const workspace = await start()
  const values = new Set<string>()
  let puts = 0
  workspace.intercept(({ path, body, headers }) => {
    if (!path.endsWith('/secrets/put')) return undefined
    const { string_value: text, bytes_value: base64 } = (body ?? {}) as Put
    for (const value of [text, base64 && Buffer.from(base64, 'base64').toString('latin1')]) {
      if (value !== undefined && value !== '') values.add(value)
    }
    const quoted = JSON.stringify(body)
    // Every third is refused by an answer that quotes all it can: in the message, in details, as a code, as a name.
    return ++puts % 3 === 0
      ? apiError(400, `BAD ${quoted}`, `${quoted} ${headers.authorization ?? ''} ada@example.com`)
      : undefined
  })
  const file = transcriptFile()
  const people = ['--principal', 'grace@example.com', '--other-principal', 'grace@example.com']
  const args = against(workspace, ...people, '--transcript', file)
  await live(args, { DATABRICKS_OTHER_TOKEN: 'fake-token-of-grace' })

  const transcript = await readFile(file, 'utf8')
  expect(transcript.split('\n').length).toBeGreaterThan(100)
  expect(transcript).toContain('"errorCode":"other"')
  expect(values.size).toBeGreaterThan(10)
  const secrets = [...values, ...[...values].map((value) => value.trim().slice(0, 16))].flatMap((value) => [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    // The first bytes alone, as an encoding is another one at its end.
    Buffer.from(value).toString('base64').slice(0, 12),
    Buffer.from(value, 'latin1').toString('base64').slice(0, 12),
  ])
  for (const secret of secrets) expect(transcript).not.toContain(secret)
  for (const secret of ['example.com', 'token-of', '127.0.0.1', 'stands-for-a-token']) {
    expect(transcript).not.toContain(secret)
  }
})

// Lost otherwise: the proof. Two transcripts that differ for any other reason than the workspace would show nothing.
test('the emulator’s own transcript and the one of a run against it are the same, case by case', async () => {
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
  expect([ours.code, theirs.code]).toEqual([0, 0])
  const played = byCase(await linesOf(recorded))
  const own = byCase(await linesOf(emulated))
  expect(played.size).toBeGreaterThan(40)
  expect(played.get('whether secrets can be read')).toHaveLength(3)
  played.delete('whether secrets can be read')
  expect(played).toEqual(new Map([...own].filter(([name]) => played.has(name))))
})

/** The lines of each case but for their number; sorted, as the action puts several secrets at once. */
function byCase(lines: readonly Record<string, unknown>[]): Map<unknown, string[]> {
  const cases = new Map<unknown, string[]>()
  for (const { during, ...line } of lines) {
    cases.set(during, [...(cases.get(during) ?? []), JSON.stringify({ ...line, n: 0 })].sort())
  }
  return cases
}
