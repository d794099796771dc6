import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { beforeEach, describe, expect, test } from '@jest/globals'

import type { SchemaContent } from '../../../emulator/unity-catalog.js'
import { folder } from '../folder-of-test.js'
import { killAt } from '../killed-step.js'
import { ADA, replaceWorkspace, syncToSchema, values, workspace } from './schema-step.js'

const MAP = { old: 'fake-new-value', new1: 'fake-1', new2: 'fake-2' }
const INPUTS = {
  secrets: JSON.stringify(MAP),
  prune: 'true',
  verify: 'true',
  permissions: 'auditors=READ SECRET',
  'permissions-exact': 'true',
  'expire-after-days': '30',
}

/** A group that Ada is not in. */
const OTHERS = '[UC] Team = A'

/** Five reads, two creates and an update, three reads back, a delete, a change of grants that is read back. */
const REQUESTS = 14

beforeEach(async () => {
  await replaceWorkspace({
    owner: ADA,
    grants: { auditors: ['WRITE_SECRET'], [OTHERS]: ['READ_SECRET'] },
    secrets: { old: 'fake-old', gone: 'fake' },
  })
})

/** What is in a schema: values, grants, and when each secret expires. */
function content(name = 'main.storage'): SchemaContent {
  const { owner, grants, secrets } = workspace.catalogs.schema(name)
  return {
    owner,
    grants: Object.fromEntries([...grants].map(([principal, privileges]) => [principal, [...privileges]])),
    secrets: Object.fromEntries(
      [...secrets.values()].map(({ name: key, value, created, expireTime }) => [
        key,
        { value, createdBy: created.by, expireTime },
      ]),
    ),
  }
}

/** Expects that a schema has the secrets and the grants of the inputs. */
function expectComplete(name = 'main.storage'): void {
  expect([name, workspace.catalogs.valuesIn(name)]).toEqual([name, MAP])
  expect(Object.entries(content(name).grants ?? {})).toEqual([
    ['auditors', ['READ_SECRET']],
    [OTHERS, []],
  ])
  for (const key of Object.keys(MAP))
    expect(workspace.catalogs.secret(`${name}.${key}`).expireTime).toBeGreaterThan(Date.now())
}

// A runner can be lost at any moment, and the next run must complete the work.
describe('a run that is killed', () => {
  // It leaves what a complete run has in the schema after the same request.
  test('at any request leaves what a second run completes', async () => {
    const left = new Map<string, SchemaContent>()
    workspace.intercept((_, perform) => {
      perform()
      // The times differ.
      const { secrets, ...schema } = content()
      const expires = Object.values(secrets ?? {}).map(
        (each) => typeof each === 'object' && each.expireTime !== undefined,
      )
      left.set(JSON.stringify([schema, values(), expires]), content())
      return undefined
    })
    await syncToSchema(INPUTS)
    expect(workspace.requests.all).toHaveLength(REQUESTS)
    expectComplete()
    // Each write of a secret, the delete and the change of grants leave another one.
    expect(left.size).toBe(6)
    const names = [...left.values()].map((schema, index) => {
      workspace.catalogs.createSchema(`main.left_${index}`, schema)
      return `main.left_${index}`
    })
    // The schemas with one target for each, in one run.
    const targets = names.map((name) => `  ${name}: { include: ['*'] }\n`)
    await writeFile(path.join(folder, 'secrets.yml'), `version: 1\nschemas:\n${targets.join('')}`)
    const inputs = { ...INPUTS, schema: '', config: 'secrets.yml' }
    expect((await syncToSchema(inputs, { workspace: folder })).exitCode).toBe(0)
    for (const name of names) expectComplete(name)
  })

  test('among its writes leaves what a second run completes', async () => {
    const kill = killAt(workspace, 7)
    const { signal } = await syncToSchema(INPUTS, { kill: kill.signal, allowStderr: true })
    kill.stop()
    expect(signal).toBe('SIGKILL')
    expect((await syncToSchema(INPUTS)).exitCode).toBe(0)
    expectComplete()
  })
})
