import { existsSync } from 'node:fs'
import { createServer } from 'node:https'
import { request as forward } from 'node:http'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { generate } from 'selfsigned'
import { readArguments } from '../../contract/live-arguments.js'
import { apiError } from '../../emulator/reply.js'
import { start } from '../emulator/wire.js'
import { expectAgreement } from './live-agreement.js'
import { against, launch, live, liveHere, SCOPE, TOKEN, transcriptFile } from './live-process.js'

const LIST = '/api/2.0/secrets/scopes/list'

// This command checks the emulator. It must not report a correct workspace as wrong, leave scopes with secrets behind, or
// touch a production scope.
// live-transcript.test.ts does the same on the premium plan.
test('on the standard plan, a workspace that keeps the contract agrees, and is left as it was', async () => {
  const workspace = await start({ plan: 'standard' })
  const theirs = workspace.store.createScope('contract-of-a-colleague', { secrets: { key: 'fake-value' } })
  const run = await live(against(workspace, '--plan', 'standard'))
  expect(run.stderr).toBe('')
  expectAgreement(workspace, run)
  expect(workspace.store.scopes).toEqual([theirs])
  expect(theirs.secrets.map(({ key, value }) => [key, value.toString()])).toEqual([['key', 'fake-value']])
})

// Otherwise no case would test users without permissions.
test('with a second user, the cases that need one run', async () => {
  const workspace = await start()
  const args = against(workspace, '--other-principal', 'grace@example.com', '--cases', 'with')
  const { code, stdout } = await liveHere(args, { DATABRICKS_OTHER_TOKEN: 'fake-token-of-grace' })
  expect(stdout).toMatch(/with WRITE: put allowed, ACLs refused +\| yes/)
  expect(stdout).not.toContain('needs another identity')
  expect(code).toBe(0)
})

// Otherwise the cases about key vaults would never run, or fail in a workspace without them.
test('the features of the workspace decide which cases run, and are reported', async () => {
  const workspace = await start({ readsRefused: true })
  const { code, stdout } = await liveHere(against(workspace, '--azure', '--cases', 're'))
  expect(stdout).toMatch(/create: refused for a key vault with a PAT +\| yes/)
  expect(stdout).toMatch(/read a secret that was put as a string +\| \. /)
  expect(stdout).toContain('Cases that read a secret are not played: /api/2.0/secrets/get answered 40')
  expect(code).toBe(0)
})

// Each case starts with an empty scope. An existing scope with the same name would lose all secrets.
test('an existing scope is refused before any write', async () => {
  const workspace = await start()
  const scope = workspace.store.createScope(SCOPE.toUpperCase(), { secrets: { key: 'fake-value' } })
  const args = against(workspace)
  const { code, stderr } = await live(args)
  expect(code).toBe(2)
  expect(stderr).toBe(`There is a scope ${SCOPE} already. It was not touched; take another --scope.\n`)
  expect(workspace.requests.all.map(({ method, path }) => [method, path])).toEqual([['GET', LIST]])
  expect(scope.secrets).toHaveLength(1)
  expect(existsSync(args[args.indexOf('--transcript') + 1] ?? '')).toBe(false)
})

// Otherwise a user would lose time, and with http:// the token.
test.each<[string, string[], NodeJS.ProcessEnv, string]>([
  ['no token', ['--host', 'https://w.invalid'], { DATABRICKS_TOKEN: '' }, 'DATABRICKS_TOKEN is not set'],
  ['a token with a blank', ['--host', 'https://w.invalid'], { DATABRICKS_TOKEN: 'fake a' }, 'no token does'],
  ['no host', [], {}, '--host is missing'],
  ['a host without TLS', ['--host', 'http://w.invalid'], {}, 'travel in the clear'],
  ['a host that is none', ['--host', 'workspace'], {}, 'https://'],
  ['more than a host', ['--host', 'https://w.invalid/?o=1'], {}, 'which would be https://w.invalid'],
  ['a scope that no workspace takes', ['--host', 'https://w.invalid', '--scope', 'a b'], {}, '--scope has'],
  ['an unknown client', ['--host', 'https://w.invalid', '--clients', 'x'], {}, 'There is no client x'],
  ['no case', ['--host', 'https://w.invalid', '--cases', 'xyz'], {}, 'There is no case'],
  ['an unknown plan', ['--host', 'https://w.invalid', '--plan', 'gold'], {}, 'premium or standard'],
  ...['storage', 'a.b.c', 'a b.c', '.'].map((schema): [string, string[], NodeJS.ProcessEnv, string] => [
    `the schema ${schema}`,
    ['--host', 'https://w.invalid', '--schema', schema],
    {},
    '--schema is named CATALOG.SCHEMA',
  ]),
  [
    'a person without a token',
    ['--host', 'https://w.invalid', '--other-principal', 'x'],
    {},
    'OTHER_TOKEN is',
  ],
])('%s is an error that says what is wrong', (_, args, env, message) => {
  expect(() => readArguments(args, { DATABRICKS_TOKEN: TOKEN, ...env })).toThrow(message)
})

// Lost otherwise: the same. Both ends of the program are tried: an error of the arguments, and a host that cannot be reached.
test.each([
  ['a wrong argument', ['--host', 'https://w.invalid', '--plan', 'gold'], 'premium or standard'],
  ['a host that is not there', ['--host', 'https://w.invalid'], 'nothing was done: fetch failed: E'],
])('%s ends the run at once with an error', async (_, args, message) => {
  const { code, stdout, stderr } = await live(args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
  expect(stdout).toBe('')
})

// A user without permission must not look like a wrong workspace.
test('a wrong token ends the run before any write', async () => {
  const workspace = await start()
  const { code, stderr } = await live(against(workspace), { DATABRICKS_TOKEN: 'fake-token-of-nobody' })
  expect(code).toBe(2)
  expect(stderr).toContain('answered 403 403')
  expect(workspace.requests.all).toHaveLength(1)
})

// The output is published in issues. It must contain the difference, but not the token.
test('a workspace with other behavior is reported, without the token that it quotes', async () => {
  const workspace = await start()
  workspace.intercept(({ path, headers }) =>
    path.endsWith('/secrets/put')
      ? apiError(400, 'BAD', `Not for ${headers.authorization ?? ''}!`)
      : undefined,
  )
  const { code, stdout } = await live(against(workspace, '--cases', 'put a string'))
  expect(workspace.requests.to('secrets/put')[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
  expect(code).toBe(1)
  expect(stdout).toContain('NO: plain REST, premium, "put a string"')
  expect(stdout).toContain('Not for Bearer ***!')
  expect(stdout).not.toContain(TOKEN)
  expect(workspace.store.scopes).toEqual([])
})

// Real workspaces use https. Only this test does.
test('the cases run on a workspace with TLS too', async () => {
  const workspace = await start()
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const front = createServer({ cert, key }, (incoming, outgoing) => {
    const { method, url, headers } = incoming
    const onward = forward(workspace.url + (url ?? ''), { method: method ?? '', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  try {
    const file = `${transcriptFile()}.pem`
    await writeFile(file, cert)
    const url = `https://localhost:${(front.address() as AddressInfo).port}`
    const env = { DATABRICKS_TOKEN: TOKEN, NODE_EXTRA_CA_CERTS: file }
    const { code, stdout } = await launch('live.ts', against({ url }, '--cases', 'put'), env).ended
    expect(stdout).toMatch(/ 0 disagree/)
    expect(code).toBe(0)
    expect(workspace.requests.to('secrets/put').length).toBeGreaterThan(5)
  } finally {
    front.closeAllConnections()
    front.close()
  }
})
