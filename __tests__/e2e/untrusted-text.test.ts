import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { apiError, html } from '../../emulator/reply.js'
import { keyVaultNamed } from '../../emulator/scope.js'
import { answerIn } from './failed-step.js'
import { everythingSaid, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'failures-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

describe('text from a workspace', () => {
  // A workspace or a gateway may echo the request. The action must not print the value.
  test('is shown without the values of the run', async () => {
    answerIn(
      workspace,
      ({ rawBody, headers }) =>
        apiError(400, 'BAD_REQUEST', `${rawBody.toString()} ${headers.authorization ?? ''}`),
      'secrets/put',
    )
    const step = await syncTo(workspace, {
      secrets: 'pem:="-----BEGIN FAKE-----\\nfake-line\\n-----END FAKE-----"',
    })
    expect(step.log).toContain('BAD_REQUEST')
    for (const piece of ['fake-line', 'BEGIN FAKE', 'fake-token-of-ada']) {
      expect(everythingSaid(step)).not.toContain(piece)
    }
  })

  // The action sends values as JSON and base64.
  test('is shown without a value in the form in which it was sent', async () => {
    const file = 'fake-line-one\nfake-line-two\n'
    writeFileSync(path.join(folder, 'file'), file)
    answerIn(workspace, ({ rawBody }) => apiError(400, 'BAD_REQUEST', rawBody.toString()), 'secrets/put')
    const step = await syncTo(
      workspace,
      { secrets: 'text=fake "quoted" \\words', 'secret-files': 'file=file' },
      { workspace: folder },
    )
    expect(step.outputs['failed']).toBe('["text","file"]')
    for (const piece of ['quoted', 'words', Buffer.from(file).toString('base64').slice(0, 16)]) {
      expect(everythingSaid(step)).not.toContain(piece)
    }
  })

  test('is shown without a value in place of a code, a vault or a request id', async () => {
    answerIn(
      workspace,
      () => apiError(400, 'AKIAFAKEVALUE', 'No.', { 'x-request-id': 'AKIAFAKEVALUE' }),
      'secrets/put',
    )
    const step = await syncTo(workspace, { secrets: 'blob=AKIAFAKEVALUE' })
    expect(step.exitCode).toBe(1)
    expect(everythingSaid(step)).not.toContain('AKIAFAKEVALUE')

    workspace.store.createScope('vault', { keyVault: keyVaultNamed('AKIAFAKEVALUE') })
    const vault = await syncTo(workspace, { scope: 'vault', secrets: 'blob=AKIAFAKEVALUE' })
    expect(vault.log).toContain('backed by the Azure key vault ***')
    expect(everythingSaid(vault)).not.toContain('AKIAFAKEVALUE')
  })

  test('cannot act as a command of the runner, nor as Markdown', async () => {
    const forged =
      '\n::error::forged\n##[error]forged\r::set-output name=x::y\n| a | <img src=x> `b` [c](http://d)\u202e'
    answerIn(workspace, () => apiError(400, 'BAD_REQUEST', forged))
    const { annotations, outputs, summary, log } = await syncTo(workspace)
    expect(annotations).toHaveLength(1)
    expect(outputs['x']).toBeUndefined()
    expect(log).not.toContain('##[')
    const said = /It says: "(.*)"/.exec(summary)?.[1]?.replace(/<\/?span>/g, '') ?? ''
    expect(said).toContain('forged')
    expect(said).not.toMatch(/(?<!\\)[`|<>[\]*]|\u202e/)
  })

  test('is shown literally in the job summary', async () => {
    const odd = 'a | b * c ~ _d_ $x$ [e](http://f) www.g < h & i &#65; `j` \\k'
    answerIn(workspace, () => apiError(400, 'BAD_REQUEST', odd), 'secrets/put')
    const { summary } = await syncTo(workspace)
    expect(summary).toContain(
      'a \\| b \\* c \\~ \\_d\\_ <span>$</span>x<span>$</span> \\[e\\](http\\://f) www\\.g \\< h & i \\&<span>#</span>65; \\`j\\` \\\\k',
    )
    const scope = await syncTo(workspace, { scope: 'a`<b>|c', 'create-scope': 'false' })
    expect(scope.summary).toContain('Databricks secrets: <code>a&#96;&#60;b&#62;&#124;c</code>')
  })

  // A search from each position to the end would take minutes, and there would be no report.
  test('does not delay the report if it is one long repetition', async () => {
    const pages = [
      ['<', 60_000],
      ['<script', 60_000],
      ['<style ', 60_000],
      ['</script ', 60_000],
      ['<script</script', 60_000],
      ['<pre>', 600_000],
    ].map(([piece, length]) => String(piece).repeat(Number(length) / String(piece).length))
    const keys = Array.from({ length: 500 }, (_, index) => `key-${index}`)
    answerIn(
      workspace,
      ({ body }) => {
        const index = keys.indexOf((body as { key: string }).key)
        return html(403, pages[index % pages.length] ?? '')
      },
      'secrets/put',
    )
    const secrets = keys.map((key) => `${key}=fake-${key}`).join('\n')
    const step = await syncTo(workspace, { secrets })
    expect(step.timedOut).toBe(false)
    expect(step.exitCode).toBe(1)
    expect(JSON.parse(step.outputs['failed'] ?? '')).toEqual(keys)
    expect(step.log).toContain('500 failed')
  })

  test('is cut to a readable length', async () => {
    answerIn(workspace, () => apiError(400, 'BAD_REQUEST', 'x'.repeat(10_000)))
    const long = await syncTo(workspace)
    expect(long.annotations[0]?.message.length).toBeLessThan(1_000)
  })
})
