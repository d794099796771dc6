import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { folder } from '../folder-of-test.js'
import { killAt } from '../killed-step.js'
import { syncTo } from '../sync-step.js'
import { workspace } from '../workspace-of-test.js'

const MAP = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`key-${index}`, `fake-${index}`]))
const OLD = { 'KEY-3': 'old', 'old-1': 'old', 'old-2': 'old' }
const INPUTS = { secrets: JSON.stringify(MAP), prune: 'true', verify: 'true' }

type Content = ReturnType<typeof workspace.store.content> | undefined

/** The content of a scope; undefined if it is missing. */
function content(name = 'storage'): Content {
  return workspace.store.has(name) ? workspace.store.content(name) : undefined
}

/** The secrets of a scope, by key in lower case. */
function secretsOf(scope: Content): [key: string, value: string][] {
  return Object.entries(scope?.secrets ?? {}).map(([key, value]) => [key.toLowerCase(), value.toString()])
}

/** Expects that a scope has the secrets of the map, and no other. */
function expectComplete(name = 'storage'): void {
  expect([name, secretsOf(content(name)).sort()]).toEqual([name, Object.entries(MAP)])
}

// A runner can be lost at any moment, and the next run must complete the work.
describe.each([
  // Reads, the scope, ten puts, ten reads back, two deletes. One is killed among its deletes, the other among its puts.
  ['an existing scope', true, 24, 23],
  ['a new scope', false, 23, 8],
])('a run into %s that is killed', (_, exists, requests, position) => {
  /** Expects that no old key was deleted before all new keys were written. */
  function expectNothingLost(scope: Content): void {
    const secrets = new Map(secretsOf(scope))
    if (exists && !(secrets.has('old-1') && secrets.has('old-2')))
      expect(Object.keys(MAP).filter((key) => !secrets.has(key))).toEqual([])
  }

  // It leaves what a complete run has in the scope after the same request.
  test('at any request leaves a scope that a second run completes', async () => {
    if (exists) workspace.store.createScope('storage', { secrets: OLD })
    const left = new Map([[JSON.stringify(content()), content()]])
    workspace.intercept((_request, perform) => {
      perform()
      left.set(JSON.stringify(content()), content())
      return undefined
    })
    await syncTo(workspace, INPUTS)
    expect(workspace.requests.all).toHaveLength(requests)
    expectComplete()
    // Each put and each delete leaves another one, and so does the creation of the scope.
    expect(left.size).toBe(exists ? 13 : 12)
    const names = [...left.values()].map((scope, index) => {
      expectNothingLost(scope)
      if (scope !== undefined) workspace.store.createScope(`left-${index}`, scope)
      return `left-${index}`
    })
    // The scopes with one target for each, in one run.
    const targets = names.map((name) => `  ${name}: { include: ['*'] }\n`)
    await writeFile(path.join(folder, 'secrets.yml'), `version: 1\nscopes:\n${targets.join('')}`)
    const inputs = { ...INPUTS, scope: '', config: 'secrets.yml' }
    expect((await syncTo(workspace, inputs, { workspace: folder })).exitCode).toBe(0)
    for (const name of names) expectComplete(name)
  })

  test(`at request ${position} leaves a scope that a second run completes`, async () => {
    if (exists) workspace.store.createScope('storage', { secrets: OLD })
    const kill = killAt(workspace, position)
    const { signal } = await syncTo(workspace, INPUTS, { kill: kill.signal, allowStderr: true })
    kill.stop()
    expect(signal).toBe('SIGKILL')
    expectNothingLost(content())
    expect((await syncTo(workspace, INPUTS)).exitCode).toBe(0)
    expectComplete()
  })
})
