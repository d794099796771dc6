import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { StepResult } from '../../runner/step.js'
import { pullRequest, PullRequestWorld } from '../pull-request-world.js'

const NAMES = Array.from({ length: 10 }, (_, index) => `team-${index}`)

const FILE = `version: 1\nscopes:\n${NAMES.map((name) => `  ${name}-\${environment}: { secrets: { blob: BLOB_KEY } }\n`).join('')}`

let world: PullRequestWorld
let workspace: string

beforeEach(async () => {
  world = await PullRequestWorld.start()
  workspace = await realpath(await mkdtemp(path.join(tmpdir(), 'comment-')))
  await writeFile(path.join(workspace, 'secrets.yml'), FILE)
  await writeFile(path.join(workspace, 'other.yml'), FILE)
})

afterEach(async () => {
  await world.close()
  await rm(workspace, { recursive: true })
})

async function comment(environment: string, config = 'secrets.yml'): Promise<StepResult> {
  const inputs = { scope: '', config, 'config-variables': `environment=${environment}` }
  return await world.comment({ ...inputs, secrets: '{"BLOB_KEY":"fake-blob-value"}' }, { workspace })
}

// Ten comments would hide the discussion of the pull request.
test('ten targets have one comment, which the next run keeps', async () => {
  expect((await comment('dev')).exitCode).toBe(0)
  const body = world.said()
  for (const name of NAMES) expect(body).toContain(`\`${name}-dev\``)
  expect((await comment('dev')).log).toContain('Comment         unchanged on pull request #7')
  expect(world.writes()).toBe(1)
})

// Otherwise, the plan of prod would overwrite that of dev.
test('each file and each set of variables has a comment of its own', async () => {
  await comment('dev')
  await comment('prod')
  await comment('dev', 'other.yml')
  expect(world.github.comments()).toHaveLength(3)
})

// GitHub gives the secrets of the repository to no fork.
test('a fork, which gets no secrets, has no errors', async () => {
  const inputs = { scope: '', config: 'secrets.yml', 'config-variables': 'environment=dev' }
  const step = await world.comment(
    { ...inputs, secrets: '{"github_token":"fake-job-token"}' },
    { workspace, event: pullRequest('stranger/repo') },
  )
  expect(step.exitCode).toBe(0)
  expect(step.log).toContain('Nothing was compared with the workspace')
})
