import { existsSync } from 'node:fs'
import { createServer } from 'node:https'
import { request as forward } from 'node:http'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { generate } from 'selfsigned'
import { readArguments } from '../../contract/live-arguments.js'
import { apiError } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { start } from '../emulator/wire.js'
import { against, launch, live, SCOPE, TOKEN, transcriptFile } from './live-process.js'

const LIST = '/api/2.0/secrets/scopes/list'

/** Returns the scopes in all calls except lists, in the spelling of the run. */
function scopesNamed({ requests }: EmulatedWorkspace): Set<string> {
  const names = requests.all.flatMap(({ query, body }) => [
    query.get('scope'),
    (body as { scope?: string } | undefined)?.scope,
  ])
  return new Set(names.flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : [])))
}

// This command checks the emulator. It must not report a correct workspace as wrong, leave scopes with secrets behind, or
// touch a production scope.
test.each(['premium', 'standard'] as const)(
  'on the %s plan, a workspace that keeps the contract agrees, and is left as it was',
  async (plan) => {
    const workspace = await start({ plan })
    const theirs = workspace.store.createScope('contract-of-a-colleague', { secrets: { key: 'fake-value' } })
    const { code, stdout, stderr } = await live(against(workspace, '--plan', plan))
    expect(stderr).toBe('')
    expect(stdout).toContain('plain REST fetch')
    expect(stdout).toContain(`| put a string `)
    expect(stdout).toMatch(
      /^[2-9]\d cells agree \(.*\), 0 disagree; in 0 .*; \d+ were not run \(needs emulator/m,
    )
    expect(stdout).toContain('All that the run has created is gone.')
    expect(code).toBe(0)
    expect(workspace.store.scopes).toEqual([theirs])
    expect(theirs.secrets.map(({ key, value }) => [key, value.toString()])).toEqual([['key', 'fake-value']])
    expect(scopesNamed(workspace)).toEqual(new Set([SCOPE, `${SCOPE} with blanks`, SCOPE.padEnd(129, 'x')]))
  },
)

// Otherwise no case would test users without permissions.
test('with a second user, the cases that need one run', async () => {
  const workspace = await start()
  const args = against(workspace, '--other-principal', 'grace@example.com', '--cases', 'with')
  const { code, stdout } = await live(args, { DATABRICKS_OTHER_TOKEN: 'fake-token-of-grace' })
  expect(stdout).toMatch(/with WRITE: put allowed, ACLs refused +\| yes/)
  expect(stdout).not.toContain('needs another identity')
  expect(code).toBe(0)
})

// Otherwise the cases about key vaults would never run, or fail in a workspace without them.
test('the features of the workspace decide which cases run, and are reported', async () => {
  const workspace = await start({ readsRefused: true })
  const { code, stdout } = await live(against(workspace, '--azure', '--cases', 're'))
  expect(stdout).toMatch(/create: refused for a key vault with a PAT +\| yes/)
  expect(stdout).toMatch(/read a secret that was put as a string +\| \. /)
  expect(stdout).toContain('Cases that read a secret are not played: /api/2.0/secrets/get answered 40')
  expect(code).toBe(0)
})

// Each case starts with an empty scope. An existing scope with the same name would lose all secrets.
test.each([SCOPE, SCOPE.toUpperCase()])(
  'a scope that is there is refused before any write: %s',
  async (there) => {
    const workspace = await start()
    const scope = workspace.store.createScope(there, { secrets: { key: 'fake-value' } })
    const args = against(workspace)
    const { code, stderr } = await live(args)
    expect(code).toBe(2)
    expect(stderr).toBe(`There is a scope ${SCOPE} already. It was not touched; take another --scope.\n`)
    expect(workspace.requests.all.map(({ method, path }) => [method, path])).toEqual([['GET', LIST]])
    expect(scope.secrets).toHaveLength(1)
    expect(existsSync(args[args.indexOf('--transcript') + 1] ?? '')).toBe(false)
  },
)

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
test.each([
  ['a wrong token', {}, { DATABRICKS_TOKEN: 'fake-token-of-nobody' }, 'answered 403 403'],
  [
    'a host that serves several workspaces',
    { workspaceId: '7', requireWorkspaceId: true },
    {},
    'answered 303',
  ],
])('%s ends the run before any write', async (_, options, env, message) => {
  const workspace = await start(options)
  const { code, stderr } = await live(against(workspace), env)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
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
