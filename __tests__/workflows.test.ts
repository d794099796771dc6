import { readdirSync, readFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

interface Job {
  readonly needs?: string | readonly string[]
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly steps: readonly { uses?: string; run?: string; with?: object }[]
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: unknown
  readonly concurrency?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const FOLDER = '.github/workflows'

/**
 * To be pinned by a maintainer, who can look the commits up; .github/zizmor.yml has the same. None runs in a job that
 * writes code.
 */
const BY_TAG = [
  'actions/attest-build-provenance@v3',
  'github/codeql-action/init@v4',
  'github/codeql-action/analyze@v4',
]

/** Every right beyond reading the repository that a job has. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  'codeql.yml analyze': ['security-events: write'],
  'release.yml attest': ['id-token: write', 'attestations: write'],
  'release.yml publish': ['contents: write'],
}

// What runs here can change what is released, and so everybody's secrets.
describe.each(readdirSync(FOLDER))('the workflow %s', (file) => {
  const text = readFileSync(`${FOLDER}/${file}`, 'utf8')
  const workflow = parse(text) as Workflow
  const jobs = Object.entries(workflow.jobs)
  const steps = jobs.flatMap(([, job]) => job.steps)

  // A tag can be moved to other code; the comment is for people, and for the bot that brings updates.
  test('uses actions by commit alone, but for those that are still to be pinned', () => {
    for (const [, uses = ''] of text.matchAll(/uses: (.+)$/gm)) {
      if (BY_TAG.some((action) => uses === `${action} # to be pinned by a maintainer`)) continue
      expect(uses).toMatch(/^(\.\/.*|[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+)*)$/)
    }
  })

  test('may only read, unless a job says what it needs', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    for (const [id, { permissions = {} }] of jobs) {
      const rights = Object.entries(permissions).map(([name, right]) => `${name}: ${right}`)
      expect(rights.filter((right) => right !== 'contents: read')).toEqual(RIGHTS[`${file} ${id}`] ?? [])
    }
  })

  // npm, a test or an action of others would have the same rights.
  test('runs no foreign code where it may write code', () => {
    for (const [, { permissions = {}, steps: own }] of jobs) {
      if (permissions['contents'] !== 'write') continue
      expect(own.filter(({ uses, run = '' }) => uses !== undefined || /\b(npm|node)\b/.test(run))).toEqual([])
    }
  })

  test('leaves no credentials behind in a checkout', () => {
    for (const step of steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))) {
      expect(step.with).toMatchObject({ 'persist-credentials': false })
    }
  })

  // A title of a pull request would be run as a script.
  test('puts no expression into a script', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{')
  })

  // Started by a fork's pull request, it would have the rights and secrets of this repository.
  test('is started by nothing that gives a fork our rights', () => {
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
    expect(Object.keys(workflow.on)).not.toContain('workflow_run')
  })

  // One that hangs would hold a runner for six hours, and a newer run would wait beside it.
  test('ends in an hour, and has one run at a time', () => {
    for (const [, job] of jobs) expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
    expect(workflow.concurrency).toBeDefined()
  })
})

function jobsOf(file: string): Workflow['jobs'] {
  return (parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Workflow).jobs
}

function commandsOf(jobs: readonly (Job | undefined)[]): string[] {
  return jobs.flatMap((job) => job?.steps ?? []).flatMap(({ run }) => run ?? [])
}

// A check that nobody runs finds nothing.
describe('the checks', () => {
  const SLOW = ['.ci/run', 'npm run test:faults', 'npm run test:leak']

  test('of a pull request are format, types, lint and the tests, on Node 24', () => {
    const { checks } = jobsOf('ci.yml')
    const own = commandsOf([checks])
    for (const script of ['run format:check', 'run typecheck', 'run lint', 'test']) {
      expect(own).toContain(`npm ${script}`)
    }
    expect(own.filter((command) => SLOW.includes(command))).toEqual([])
    expect(checks?.steps.map((step) => step.with)).toContainEqual({ 'node-version-file': '.node-version' })
  })

  test('that take long run each night, and before a release', () => {
    const nightly = Object.values(jobsOf('nightly.yml'))
    expect(commandsOf(nightly)).toEqual(expect.arrayContaining(SLOW))
    const release = jobsOf('release.yml')
    const before = release['attest']?.needs ?? []
    expect(commandsOf([before].flat().map((id) => release[id]))).toEqual(expect.arrayContaining(SLOW))
  })
})
