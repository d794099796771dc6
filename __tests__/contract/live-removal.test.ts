import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { hangUp } from '../../emulator/faults.js'
import { apiError, json } from '../../emulator/reply.js'
import type { EmulatedWorkspace, Interceptor } from '../../emulator/workspace.js'
import { signal, start } from '../emulator/wire.js'
import { against, launch, live, liveHere, SCOPE, TOKEN } from './live-process.js'

const DELETE = '/api/2.0/secrets/scopes/delete'

/** Breaks or rejects the first requests to a path. */
function firstTo(path: string, times: number, answer: ReturnType<Interceptor>): Interceptor {
  let left = times
  return (request) => (request.path.endsWith(path) && left-- > 0 ? answer : undefined)
}

// Otherwise a flaky workspace would keep the scope.
test('after errors of the workspace, the scope is still removed and the other cases run', async () => {
  const workspace = await start()
  workspace.intercept(firstTo('/secrets/put', 3, hangUp))
  workspace.intercept(firstTo(DELETE, 1, hangUp))
  workspace.intercept(firstTo(DELETE, 1, apiError(503, 'TEMPORARILY_UNAVAILABLE', 'Later.')))
  workspace.intercept(firstTo(DELETE, 1, apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Later.')))
  const { code, stdout } = await liveHere(against(workspace, '--cases', 'secret'))
  expect(stdout).toContain('The case could not be played to its end: /api/2.0/secrets/put answered 502')
  expect(stdout).toMatch(/list secrets: none +\| yes/)
  expect(stdout).toContain('The recorder got no answer from the workspace: ECONNRESET')
  expect(code).toBe(1)
  expect(workspace.store.scopes).toEqual([])
  expect(workspace.requests.to('secrets/scopes/delete').length).toBeGreaterThan(3)
})

// A rate limit is no error of the workspace, and must not end the run.
test('the requests that prepare a case are retried after a 429', async () => {
  const workspace = await start()
  workspace.intercept(firstTo('/scopes/create', 2, apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Later.')))
  const { code } = await liveHere(against(workspace, '--cases', 'put a string'))
  expect(code).toBe(0)
})

// Otherwise the user would not know that a scope with test secrets remains, and how to delete it.
test('a rejected deletion is reported at the end, with the scope and what to do', async () => {
  const workspace = await start()
  const refuse = workspace.intercept(({ path }) =>
    path === DELETE ? apiError(403, 'PERMISSION_DENIED', 'No.') : undefined,
  )
  const { code, stdout } = await liveHere(against(workspace, '--cases', 'secret'))
  refuse()
  expect(code).toBe(1)
  const [last, ...others] = stdout.trimEnd().split('\n').reverse()
  expect(last).toBe(`  databricks secrets delete-scope '${SCOPE}'`)
  expect(others[1]).toContain(`SCOPES MAY BE LEFT in ${workspace.url}`)
  // The run stops: each case needs a missing scope.
  expect(workspace.requests.to('secrets/scopes/create')).toHaveLength(1)
})

// Otherwise the scope would remain after Ctrl-C, also if a running creation takes effect later.
test.each([
  ['SIGINT', '/scopes/create'],
  ['SIGINT', '/secrets/put'],
  ['SIGTERM', '/secrets/put'],
] as const)('%s during %s removes the scope and reports it', async (name, path) => {
  const workspace = await start()
  const [reached, released] = [signal(), signal()]
  workspace.intercept(async (request) => {
    if (!request.path.endsWith(path)) return undefined
    reached.give()
    await released.given
    return undefined
  })
  // Slow enough that the interrupted case ends before the run.
  let deletions = 0
  workspace.intercept(async (request) => {
    if (request.path === DELETE && deletions++ === 0) await delay(500)
    return undefined
  })
  const run = launch('live.ts', against(workspace, '--cases', 'put'), { DATABRICKS_TOKEN: TOKEN })
  await reached.given
  run.process.kill(name)
  await delay(300)
  expect(workspace.requests.to('secrets/scopes/delete')).toEqual([])
  released.give()
  const { code, stdout } = await run.ended
  expect(code).toBe(130)
  expect(stdout).toContain(`The run is broken off: ${name}`)
  // An interrupted case proves nothing about the workspace.
  expect(stdout).not.toContain('NO: ')
  expect(stdout).toContain('All that the run has created is gone.')
  expect(workspace.store.scopes).toEqual([])
  expect(workspace.requests.to('secrets/scopes/create')).toHaveLength(1)
})

/** A module that makes each write of a file fail, like a full disk. */
const FULL_DISK = `data:text/javascript,${encodeURIComponent(`
  import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  fs.writeSync = () => { throw new Error('ENOSPC: no space left on device') }
  syncBuiltinESMExports()
`)}`

// Otherwise the scope would remain after a crash, here because the disk is full.
test('a crash of the run removes the scope', async () => {
  const workspace = await start()
  const full = { NODE_OPTIONS: `--import="${FULL_DISK}"` }
  const { code, stdout } = await live(against(workspace, '--cases', 'put'), full)
  expect(stdout).toContain('The run is broken off: ENOSPC')
  expect(code).toBe(1)
  expect(workspace.requests.to('secrets/scopes/create')).toHaveLength(1)
  expect(workspace.store.scopes).toEqual([])
})

// A closed terminal closes the output before it sends its signal. The scope must be removed then too.
test('the scope is removed although the output is closed', async () => {
  const workspace = await start()
  const reached = signal()
  workspace.intercept(async ({ path }) => {
    if (!path.endsWith('/secrets/put')) return undefined
    reached.give()
    await delay(300)
    return undefined
  })
  const run = launch('live.ts', against(workspace, '--cases', 'put'), { DATABRICKS_TOKEN: TOKEN })
  await reached.given
  run.process.stdout.destroy()
  run.process.stderr.destroy()
  run.process.kill('SIGHUP')
  await run.ended
  expect(workspace.requests.to('secrets/scopes/delete').length).toBeGreaterThan(0)
  expect(workspace.store.scopes).toEqual([])
})

/** A workspace that creates any scope, and another one for each spelling. */
function acceptAll(workspace: EmulatedWorkspace, onCreate: (scopes: Set<string>) => void): Set<string> {
  const scopes = new Set<string>()
  workspace.intercept(({ path, body }) => {
    const { scope = '' } = (body ?? {}) as { scope?: string }
    if (path.endsWith('/scopes/create')) {
      scopes.add(scope)
      onCreate(scopes)
      return json(200, {})
    }
    if (path.endsWith('/scopes/list')) return json(200, { scopes: [...scopes].map((name) => ({ name })) })
    if (path !== DELETE) return undefined
    return scopes.delete(scope) ? json(200, {}) : apiError(404, 'RESOURCE_DOES_NOT_EXIST', 'No such scope.')
  })
  return scopes
}

// Scopes that a wrong workspace creates by mistake must be removed. A scope that another user creates at the same time, with
// a similar name, must not.
test('scopes that should have been rejected are removed too, but none of other users', async () => {
  const workspace = await start()
  const seen = new Set<string>()
  const scopes = acceptAll(workspace, (now) => {
    now.add(`${SCOPE}-of-a-colleague`)
    for (const name of now) seen.add(name)
  })
  const { code, stdout } = await liveHere(against(workspace, '--cases', 'create: refused'))
  expect(code).toBe(1)
  expect(stdout).toContain('createScope should have been refused.')
  expect(seen).toEqual(
    new Set([
      ...[SCOPE, SCOPE.toUpperCase(), `${SCOPE} with blanks`, SCOPE.padEnd(129, 'x')],
      `${SCOPE}-of-a-colleague`,
    ]),
  )
  expect(scopes).toEqual(new Set([`${SCOPE}-of-a-colleague`]))
})
