import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'

import { cutShort, hangUp, neverAnswer } from '../../emulator/faults.js'
import { apiError, html, json, loginPage, redirect, text } from '../../emulator/reply.js'
import { keyVaultNamed } from '../../emulator/scope.js'
import { EmulatedWorkspace, type Interceptor } from '../../emulator/workspace.js'
import type { StepResult } from '../runner/step.js'
import { everythingSaid, HURRIED, syncTo } from './sync-step.js'

let workspace: EmulatedWorkspace
let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'failures-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

beforeEach(async () => {
  workspace = await EmulatedWorkspace.start()
})

afterEach(async () => {
  await workspace.close()
})

/** Answers every request, or those to one call, in another way than the workspace does. */
function answer(with_: Interceptor, call = ''): void {
  workspace.intercept((request, perform) => {
    return request.path.endsWith(call) ? with_(request, perform) : undefined
  })
}

/** Red, with one annotation, in words that say what to change. */
function expectFailure({ exitCode, annotations, log, stderr }: StepResult, ...words: string[]): void {
  expect(exitCode).toBe(1)
  expect(stderr).toBe('')
  const errors = annotations.filter(({ level }) => level === 'error')
  expect(errors).toHaveLength(1)
  for (const each of words) expect(errors[0]?.message).toContain(each)
  expect(log).not.toContain('An error that should not happen')
}

// A green step with nothing put is found out at three in the morning, by whoever reads the secret.
describe('the step is red', () => {
  test('when nothing listens at the host', async () => {
    const closed = await EmulatedWorkspace.start()
    const { url } = closed
    await closed.close()
    expectFailure(await syncTo({ url }), `No connection to ${url}`, 'Check the input host')
  })

  test('when the name of the host is unknown', async () => {
    const step = await syncTo({ url: 'https://no-such-workspace.invalid' })
    expectFailure(step, 'No connection to https://no-such-workspace.invalid', 'Check the input host')
  })

  test('when the host does not speak TLS', async () => {
    const url = workspace.url.replace('http:', 'https:')
    expectFailure(await syncTo({ url }), `No secure connection to ${url}`, 'NODE_EXTRA_CA_CERTS')
    expect(workspace.requests.all).toEqual([])
  })

  test('when the host is some other web server', async () => {
    answer(() => html(404, '<html><head><title>Not Found</title></head><body>nginx</body></html>'))
    expectFailure(
      await syncTo(workspace),
      'HTTP 404',
      'no Secrets API at this address',
      'Check the input host',
    )
  })

  test('when the host says yes to everything', async () => {
    answer(() => json(200, {}))
    expectFailure(await syncTo(workspace), 'lists the scope "storage" in one call and denies it in another')
    expect(workspace.requests.to('secrets/put')).toEqual([])
  })

  test('when the host answers with a login page', async () => {
    answer(() => loginPage())
    expectFailure(
      await syncTo(workspace),
      'not the Databricks REST API',
      'Check the input host',
      'workspace-id',
    )
  })

  test('when the host answers with JSON of another shape', async () => {
    answer(() => json(200, { scopes: ['storage'] }), 'scopes/list')
    expectFailure(await syncTo(workspace), 'not the Databricks REST API', 'Check the input host')
  })

  test('when a key is none', async () => {
    workspace.store.createScope('storage')
    answer(() => json(200, { secrets: [{ key: 1 }] }), 'secrets/list')
    expectFailure(await syncTo(workspace), 'not the Databricks REST API')
  })

  test.each([{ scopes: 'storage' }, { scopes: [{ name: 1 }] }, { scopes: [null] }])(
    'when a list is not one: %j',
    async (body) => {
      answer(() => json(200, body), 'scopes/list')
      expectFailure(await syncTo(workspace), 'not the Databricks REST API', 'Check the input host')
    },
  )

  // Taken for a success, it is a secret that is missing and a step that is green.
  test.each([
    { error_code: 'a b', message: 'No.' },
    { error_code: {} },
    { message: 'No.' },
    { error: 'No.' },
  ])('when a put answers %j under status 200', async (body) => {
    answer(() => json(200, body), 'secrets/put')
    expectFailure(await syncTo(workspace), 'blob: The workspace refused the request (HTTP 200)')
  })

  test.each([text(200, 'OK'), text(200, ''), json(200, []), text(200, '{"scopes":[')])(
    'when the answer is not a JSON object (%#)',
    async (reply) => {
      answer(() => reply)
      expectFailure(await syncTo(workspace), 'not the Databricks REST API (HTTP 200)', 'Check the input host')
    },
  )

  // The body of a put is the secret: it must not go where an answer points, not on the same host either.
  test.each([301, 302, 303, 307, 308])(
    'when a put is redirected (%d), and the secret does not travel',
    async (status) => {
      const elsewhere = await EmulatedWorkspace.start()
      try {
        answer(() => redirect(`${elsewhere.url}/api/2.0/secrets/put`, status), 'secrets/put')
        const step = await syncTo(workspace)
        expectFailure(step, `answered with a redirect (HTTP ${status})`, 'Check the input host')
        expect(elsewhere.requests.all).toEqual([])
        expect(workspace.requests.all).toHaveLength(4)
      } finally {
        await elsewhere.close()
      }
    },
  )

  test('when the first calls are redirected to a login page', async () => {
    answer(() => redirect('/login.html'))
    expectFailure(await syncTo(workspace), 'redirect (HTTP 303)', '/login.html', 'workspace-id')
    expect(workspace.requests.all).toHaveLength(2)
  })

  test('when the workspace is behind Private Link', async () => {
    answer(() => redirect('/login.html?error=private-link-validation-error'))
    expectFailure(await syncTo(workspace), 'behind Private Link', 'self-hosted runner')
  })

  test.each(['scopes/list', 'secrets/list', 'scopes/create', 'secrets/put'])(
    'when the connection is cut in the middle of the answer to %s',
    async (call) => {
      answer((_, perform) => cutShort(perform(), 1), call)
      const step = await syncTo(workspace)
      expectFailure(step, 'ended before the answer was complete')
      // Of a call that only reads, that would be untrue.
      expect(step.log.includes('may have happened')).toBe(!call.endsWith('list'))
    },
  )

  test.each(['scopes/list', 'scopes/create', 'secrets/put'])('when %s is hung up on', async (call) => {
    answer(() => hangUp, call)
    expectFailure(await syncTo(workspace), 'ended before the answer was complete')
  })

  test.each(['scopes/list', 'secrets/list', 'scopes/create', 'secrets/put'])(
    'when the workspace never answers %s',
    async (call) => {
      answer(() => neverAnswer, call)
      expectFailure(await syncTo(workspace, {}, HURRIED), 'did not answer in time')
    },
  )

  test('when the answer begins and never ends', async () => {
    answer(() => (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'))
    expectFailure(await syncTo(workspace, {}, HURRIED), 'did not answer in time')
  })

  // Without an end to what is read, an answer of gigabytes would fill the runner's memory.
  test('when the answer is longer than any that a workspace gives, and no more of it is read', async () => {
    let sent = 0
    answer(
      () => (response) => {
        const page = Buffer.alloc(64 * 1024, 0x20)
        response.on('error', () => undefined)
        const more = (): void => {
          while (!response.destroyed && sent < 256 * 1024 * 1024) {
            sent += page.length
            if (!response.write(page)) return
          }
          response.end()
        }
        response.on('drain', more)
        more()
      },
      'scopes/list',
    )
    expectFailure(await syncTo(workspace), 'not the Databricks REST API')
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  })

  test('when the token is wrong', async () => {
    const step = await syncTo(workspace, { token: 'fake-token-of-nobody' })
    expectFailure(
      step,
      'refused the request (HTTP 403). It says: "Invalid access token".',
      'Check what this run signs in with',
    )
    expect(workspace.requests.all.map(({ status }) => status)).toEqual([403, 403])
  })

  test.each([
    [
      401,
      401,
      'Credential was not sent or was of an unsupported type for this API.',
      'Check what this run signs in with',
    ],
    [
      403,
      403,
      'Source IP address: 192.0.2.1 is blocked by Databricks IP ACL for workspace: 1',
      'IP access list',
    ],
    [403, 403, 'Unauthorized access to Org: 1', 'workspace-id'],
    [403, 'PERMISSION_DENIED', 'No.', 'databricks secrets put-acl "storage" PRINCIPAL WRITE'],
    [403, 'CUSTOMER_UNAUTHORIZED', 'Reserved.', 'Databricks reserves the name "storage"'],
    [404, 'ENDPOINT_NOT_FOUND', 'No API found.', 'no Secrets API at this address'],
    [429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.', 'run the job again in a few minutes'],
    [500, 'INTERNAL_ERROR', 'Oops.', 'service principal'],
    [503, 'TEMPORARILY_UNAVAILABLE', 'Later.', 'run the job again in a few minutes'],
  ])('when the workspace says %d %s, with what to do about it', async (status, code, message, cure) => {
    answer(() => apiError(status, code, message, { 'x-request-id': 'fake-request-id' }))
    const step = await syncTo(workspace)
    expectFailure(
      step,
      `HTTP ${status})`,
      String(code),
      message.slice(0, -1),
      cure,
      'Request id: fake-request-id.',
    )
    // Each of the two was asked once.
    expect(workspace.requests.all).toHaveLength(2)
  })

  test('when the permission on the scope is too low to put', async () => {
    workspace.store.createScope('storage', { acls: { 'ada@example.com': 'READ', users: 'READ' } })
    const step = await syncTo(workspace, { secrets: 'a=fake-a\nb=fake-b' })
    expect(step.exitCode).toBe(1)
    const errors = step.annotations.map(({ message }) => message)
    expect(errors).toEqual([expect.stringMatching(/^a, b: .*PERMISSION_DENIED.*put-acl/)])
    expect(step.outputs).toMatchObject({ created: '[]', failed: '["a","b"]', changed: 'false' })
  })

  test('when the permission on the scope is too low to list', async () => {
    workspace.store.createScope('storage', { acls: { 'grace@example.com': 'MANAGE' } })
    expectFailure(await syncTo(workspace), 'PERMISSION_DENIED', 'put-acl "storage"')
  })

  test('when the scope has a name that Databricks reserves', async () => {
    const step = await syncTo(workspace, { scope: 'databricks-internal' })
    expectFailure(step, 'CUSTOMER_UNAUTHORIZED', 'choose another')
  })

  test('when one secret of many cannot be put, and the others are', async () => {
    answer((request) => {
      const { key } = request.body as { key: string }
      return key === 'b' ? apiError(400, 'INVALID_PARAMETER_VALUE', 'No.') : undefined
    }, 'secrets/put')
    const step = await syncTo(workspace, { secrets: 'a=fake-a\nb=fake-b\nc=fake-c' })
    expectFailure(step, 'b: The workspace refused the request (INVALID_PARAMETER_VALUE, HTTP 400)')
    expect(step.outputs).toMatchObject({ created: '["a","c"]', failed: '["b"]', changed: 'true' })
    expect(step.log).toContain('2 of 3 secrets put: 2 created, 1 failed')
    expect(workspace.store.scope('storage').secrets.map(({ key }) => key)).toEqual(['a', 'c'])
  })

  // "Failed" alone would be a lie when the put has arrived and its answer was lost.
  test('when the answer to a put is lost, and it says that the secret may have been written', async () => {
    answer((_, perform) => {
      perform()
      return hangUp
    }, 'secrets/put')
    const step = await syncTo(workspace)
    expectFailure(step, 'blob: ', 'may have happened or not')
    expect(workspace.store.scope('storage').secret('blob')).toBeDefined()
  })
})

describe('what a workspace says', () => {
  // A workspace, or a gateway in front of it, that echoes the request must not make us leak.
  test('is shown without the values that the run knows', async () => {
    answer(
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

  // JSON and base64 are the forms in which we sent it.
  test('is shown without what we sent, in the form in which we sent it', async () => {
    const file = 'fake-line-one\nfake-line-two\n'
    writeFileSync(path.join(folder, 'file'), file)
    answer(({ rawBody }) => apiError(400, 'BAD_REQUEST', rawBody.toString()), 'secrets/put')
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

  test('is shown without a value where it stands for a code, a vault or a request id', async () => {
    answer(() => apiError(400, 'AKIAFAKEVALUE', 'No.', { 'x-request-id': 'AKIAFAKEVALUE' }), 'secrets/put')
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
    answer(() => apiError(400, 'BAD_REQUEST', forged))
    const { annotations, outputs, summary, log } = await syncTo(workspace)
    expect(annotations).toHaveLength(1)
    expect(outputs['x']).toBeUndefined()
    expect(log).not.toContain('##[')
    const said = /It says: "(.*)"/.exec(summary)?.[1] ?? ''
    expect(said).toContain('forged')
    expect(said).not.toMatch(/(?<!\\)[`|<>[\]*]|\u202e/)
  })

  test('is shown in the job summary as the text that it is', async () => {
    const odd = 'a | b * c ~ _d_ $x$ [e](http://f) www.g < h & i &#65; `j` \\k'
    answer(() => apiError(400, 'BAD_REQUEST', odd), 'secrets/put')
    const { summary } = await syncTo(workspace)
    expect(summary).toContain(
      'a \\| b \\* c \\~ \\_d\\_ <span>$</span>x<span>$</span> \\[e\\](http\\://f) www\\.g \\< h & i \\&#65; \\`j\\` \\\\k',
    )
    const scope = await syncTo(workspace, { scope: 'a`<b>|c', 'create-scope': 'false' })
    expect(scope.summary).toContain('Databricks secrets: <code>a&#96;&#60;b&#62;&#124;c</code>')
  })

  // Who searches such a text from each of its beginnings to its end does not come back to tell what was put.
  test.each([
    ['<', 60_000],
    ['<script', 60_000],
    ['<style ', 60_000],
    ['</script ', 60_000],
    ['<script</script', 60_000],
    ['<pre>', 600_000],
  ])('of nothing but %j holds up no report', async (piece, length) => {
    const page = piece.repeat(length / piece.length)
    answer(() => html(403, page), 'secrets/put')
    const keys = Array.from({ length: 500 }, (_, index) => `key-${index}`)
    const secrets = keys.map((key) => `${key}=fake-${key}`).join('\n')
    const step = await syncTo(workspace, { secrets }, { timeoutMs: 25_000 })
    expect(step.timedOut).toBe(false)
    expect(step.exitCode).toBe(1)
    expect(JSON.parse(step.outputs['failed'] ?? '')).toEqual(keys)
    expect(step.log).toContain('0 of 500 secrets put: 500 failed')
  })

  test('is cut to what a person reads', async () => {
    answer(() => apiError(400, 'BAD_REQUEST', 'x'.repeat(10_000)))
    const long = await syncTo(workspace)
    expect(long.annotations[0]?.message.length).toBeLessThan(1_000)
  })
})
