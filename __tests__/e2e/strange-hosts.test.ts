import { describe, expect, test } from '@jest/globals'

import { BrokenListener } from '../../emulator/broken-listener.js'
import { cutShort, hangUp, neverAnswer } from '../../emulator/faults.js'
import { html, json, loginPage, redirect, text, type Reply } from '../../emulator/reply.js'
import { keepSilent, say } from '../../emulator/socket-faults.js'
import { EmulatedWorkspace, type Interceptor } from '../../emulator/workspace.js'
import { connect } from '../databricks/connect.js'
import { answerIn, expectFailure } from './failed-step.js'
import { HURRIED, stored, syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

// If the step succeeded without writing anything, a later job would fail when it reads the secret.
describe('the step fails', () => {
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

  test('when the host is another web server', async () => {
    answerIn(workspace, () =>
      html(404, '<html><head><title>Not Found</title></head><body>nginx</body></html>'),
    )
    expectFailure(
      await syncTo(workspace),
      'HTTP 404',
      'no Secrets API at this address',
      'Check the input host',
    )
  })

  test('when the host accepts everything', async () => {
    answerIn(workspace, () => json(200, {}))
    expectFailure(
      await syncTo(workspace),
      'lists the scope "storage" in one call and reports it missing in another',
    )
    expect(workspace.requests.to('secrets/put')).toEqual([])
  })

  test('when the host answers with a login page', async () => {
    answerIn(workspace, () => loginPage())
    expectFailure(
      await syncTo(workspace),
      'not the Databricks REST API',
      'Check the input host',
      'workspace-id',
    )
  })

  test('when the host answers with JSON of another shape', async () => {
    answerIn(workspace, () => json(200, { scopes: ['storage'] }), 'scopes/list')
    expectFailure(await syncTo(workspace), 'not the Databricks REST API', 'Check the input host')
  })

  test('when a listed key has no name', async () => {
    workspace.store.createScope('storage')
    answerIn(workspace, () => json(200, { secrets: [{ key: 1 }] }), 'secrets/list')
    expectFailure(await syncTo(workspace), 'not the Databricks REST API')
  })

  // If one of these counted as success, the step would succeed without the secret.
  test('when puts return an error with status 200', async () => {
    const bodies: Record<string, object> = {
      a: { error_code: 'a b', message: 'No.' },
      b: { error_code: {} },
      c: { message: 'No.' },
      d: { error: 'No.' },
    }
    const secrets = Object.keys(bodies).map((key) => `${key}=fake-value-${key}`)
    answerIn(workspace, ({ body }) => json(200, bodies[(body as { key: string }).key]), 'secrets/put')
    const step = await syncTo(workspace, { secrets: secrets.join('\n') })
    expect([step.exitCode, step.outputs['failed']]).toEqual([1, '["a","b","c","d"]'])
    expect(step.annotations.map(({ message }) => message)).toEqual(
      ['a, c', 'b', 'd'].map((keys) =>
        expect.stringContaining(`${keys}: The workspace refused the request (HTTP 200)`),
      ),
    )
  })

  test('when the answer is not JSON', async () => {
    answerIn(workspace, () => text(200, 'OK'))
    expectFailure(await syncTo(workspace), 'not the Databricks REST API (HTTP 200)', 'Check the input host')
  })

  // The body of a put is the secret: it must not be sent to the address of a redirect, even on the same host.
  test('when puts are redirected, and the secrets are not sent there', async () => {
    const elsewhere = await EmulatedWorkspace.start()
    const statuses = [301, 302, 303, 307, 308]
    try {
      answerIn(
        workspace,
        ({ body }) =>
          redirect(`${elsewhere.url}/api/2.0/secrets/put`, Number((body as { key: string }).key.slice(1))),
        'secrets/put',
      )
      const secrets = statuses.map((status) => `k${status}=fake-value-${status}`)
      const step = await syncTo(workspace, { secrets: secrets.join('\n') })
      expect([step.exitCode, step.outputs['failed']]).toEqual([
        1,
        JSON.stringify(statuses.map((status) => `k${status}`)),
      ])
      for (const status of statuses)
        expect(step.log).toMatch(
          new RegExp(`k${status}: .*answered with a redirect \\(HTTP ${status}\\).*Check the input host`),
        )
      expect(elsewhere.requests.all).toEqual([])
      expect(workspace.requests.all).toHaveLength(3 + statuses.length)
    } finally {
      await elsewhere.close()
    }
  })

  test('when the first calls are redirected to a login page', async () => {
    answerIn(workspace, () => redirect('/login.html'))
    expectFailure(await syncTo(workspace), 'redirect (HTTP 303)', '/login.html', 'workspace-id')
    expect(workspace.requests.all).toHaveLength(2)
  })

  test('when the workspace is behind Private Link', async () => {
    answerIn(workspace, () => redirect('/login.html?error=private-link-validation-error'))
    expectFailure(await syncTo(workspace), 'behind Private Link', 'self-hosted runner')
  })

  test('when the connection is lost in the middle of the response to secrets/list', async () => {
    answerIn(workspace, (_, perform) => cutShort(perform(), 1), 'secrets/list')
    const step = await syncTo(workspace)
    expectFailure(step, 'was lost before the response was complete')
    // For a call that only reads, this would be wrong.
    expect(step.log).not.toContain('may or may not have been applied')
  })

  test.each(['scopes/list', 'scopes/create'])('when the connection of %s is closed', async (call) => {
    answerIn(workspace, () => hangUp, call)
    expectFailure(await syncTo(workspace), 'was lost before the response was complete')
  })

  test.each(['scopes/list', 'secrets/list'])('when %s gets no response', async (call) => {
    answerIn(workspace, () => neverAnswer, call)
    expectFailure(await syncTo(workspace, {}, HURRIED), 'did not answer in time')
  })

  test('when puts get no response, or none that is complete', async () => {
    const faults: Record<string, Interceptor> = {
      cut: (_, perform) => cutShort(perform(), 1),
      closed: () => hangUp,
      silent: () => neverAnswer,
    }
    answerIn(
      workspace,
      (request, perform) => faults[(request.body as { key: string }).key]?.(request, perform),
      'secrets/put',
    )
    const secrets = Object.keys(faults).map((key) => `${key}=fake-value`)
    const step = await syncTo(workspace, { secrets: secrets.join('\n') }, HURRIED)
    expect([step.exitCode, step.outputs['failed']]).toEqual([1, '["cut","closed","silent"]'])
    expect(step.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^cut, closed: .*was lost before the response was complete.*may or may not have been applied/,
      ),
      expect.stringMatching(/^silent: .*did not answer in time.*may or may not have been applied/),
    ])
  })

  test('when a response begins and never ends', async () => {
    answerIn(
      workspace,
      () => (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    )
    expectFailure(await syncTo(workspace, {}, HURRIED), 'did not answer in time')
  })

  // Without a limit, a response of gigabytes would fill the runner's memory.
  test('when a response is too long, and the rest is not read', async () => {
    let sent = 0
    answerIn(
      workspace,
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
})

// A list that is read wrong, or taken for an empty one, would be a wrong plan.
describe('a list is not the Databricks REST API', () => {
  test.each<[string, string, Reply]>([
    ['is no list', 'scopes/list', json(200, { scopes: 'storage' })],
    ['has a scope with a number as its name', 'scopes/list', json(200, { scopes: [{ name: 1 }] })],
    ['has null for a scope', 'scopes/list', json(200, { scopes: [null] })],
    ['is empty', 'scopes/list', text(200, '')],
    ['is empty', 'secrets/list', text(200, '')],
    ['is an array', 'scopes/list', json(200, [])],
    ['is JSON that ends too early', 'scopes/list', text(200, '{"scopes":[')],
  ])('if the response %s: %s', async (_, call, reply) => {
    answerIn(workspace, () => reply, call)
    const { secrets } = connect(workspace)
    await expect(
      call === 'scopes/list' ? secrets.listScopes() : secrets.listKeys('storage'),
    ).rejects.toMatchObject({ failure: 'unexpected-response' })
  })

  test('if the connection is lost in the middle of the response', async () => {
    answerIn(workspace, (_, perform) => cutShort(perform(), 1), 'scopes/list')
    const lost = { failure: 'connection-lost' }
    await expect(connect(workspace).secrets.listScopes()).rejects.toMatchObject(lost)
  })
})

// With retries, the user would wait five minutes to learn that the host is not a workspace.
describe('a response that is not HTTP, or switches to another protocol, is not retried', () => {
  const anotherProtocol = 'SSH-2.0-OpenSSH_9.6\r\n'

  test.each<[string, string]>([
    ['another protocol', anotherProtocol],
    ['headers of more than 16 KB', `HTTP/1.1 200 OK\r\nx-fake: ${'x'.repeat(20_000)}\r\n\r\n{}`],
    ['status 101', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'],
    ['status 199', 'HTTP/1.1 199 Fake\r\n\r\n'],
  ])('%s', async (_, answer) => {
    const listener = await BrokenListener.start(say(answer, keepSilent))
    await expect(connect(listener, 'ada', 3_600_000).secrets.listScopes()).rejects.toMatchObject({
      failure: 'unexpected-response',
    })
    const { connections } = listener
    await listener.close()
    expect(connections).toBe(1)
  })

  test('and the step fails at once', async () => {
    const listener = await BrokenListener.start(say(anotherProtocol, keepSilent))
    const step = await syncTo(listener, { 'retry-timeout-seconds': '3600' }, { timeoutMs: 25_000 })
    const { connections } = listener
    await listener.close()
    expectFailure(step, 'not the Databricks REST API', 'Check the input host')
    // The scopes and the keys are requested at the same time.
    expect([step.timedOut, connections]).toEqual([false, 2])
  })
})

// The official clients treat an empty response to a write as success.
describe('an empty response', () => {
  const empty = (perform: () => unknown) => {
    perform()
    return text(200, '')
  }

  // The report depends on the creation, so the action lists the scopes again.
  test('to a write, and to the creation of a scope that is listed afterwards, counts as success', async () => {
    answerIn(workspace, (_, perform) => empty(perform), 'secrets/put')
    answerIn(workspace, (_, perform) => empty(perform), 'scopes/create')
    const step = await syncTo(workspace)
    expect(step.exitCode).toBe(0)
    expect(step.outputs).toMatchObject({ 'scope-created': 'true', created: '["blob"]' })
    expect(stored(workspace)).toEqual({ blob: 'fake-value' })
  })

  test('to the creation of the scope is an error if the scope is not listed afterwards', async () => {
    answerIn(workspace, () => text(200, ''), 'scopes/create')
    const step = await syncTo(workspace)
    expect([step.exitCode, step.outputs['scope-created']]).toEqual([1, 'false'])
    expect(workspace.requests.to('secrets/put')).toEqual([])
  })

  test('that is incomplete, to the creation of the scope, counts as success if the scope is listed afterwards', async () => {
    answerIn(workspace, (_, perform) => cutShort(perform(), 1), 'scopes/create')
    const step = await syncTo(workspace)
    expect([step.exitCode, step.outputs['scope-created'], step.outputs['created']]).toEqual([
      0,
      'true',
      '["blob"]',
    ])
  })

  test('to a read of a secret is an error', async () => {
    workspace.store.createScope('storage')
    answerIn(workspace, () => text(200, ''), 'secrets/get')
    const step = await syncTo(workspace, { verify: 'true' })
    expect(step.exitCode).toBe(1)
    expect(step.log).toContain('not the Databricks REST API')
  })
})

// The API exists: the 404 means that something else is missing.
test('a 404 of the workspace without a code is not a missing API', async () => {
  workspace.store.createScope('storage')
  answerIn(workspace, () => json(404, { message: 'No such thing.' }), 'secrets/put')
  const step = await syncTo(workspace)
  expectFailure(step, 'HTTP 404', 'No such thing', 'Check the inputs host and scope')
  expect(step.log).not.toContain('no Secrets API at this address')
})
