import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { OURS } from '../runner/workflow/play-step.js'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Recipe {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, string>>
  readonly concurrency?: unknown
  readonly jobs: Readonly<
    Record<
      string,
      {
        permissions?: Readonly<Record<string, string>>
        concurrency?: unknown
        'timeout-minutes'?: number
        steps: Step[]
      }
    >
  >
}

const { inputs } = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, unknown> }
const files = readdirSync('examples').filter((name) => name.endsWith('.yml'))
const checkout = (step: Step): boolean => step.uses?.startsWith('actions/checkout@') ?? false

const groups = files.flatMap((file) =>
  [...readFileSync(`examples/${file}`, 'utf8').matchAll(/^ +group: (.+)$/gm)].map(([, group]) => group),
)

// A run that waits is ended for one of another workflow, and its secrets never arrive.
test('no two recipes share a concurrency group', () => {
  expect(groups).toHaveLength(files.length)
  expect(new Set(groups).size).toBe(files.length)
})

// GitHub would not even start it.
test('the parser of GitHub accepts every workflow here', () => {
  const check = ['--import', 'tsx', 'scripts/workflows.ts']
  expect(execFileSync(process.execPath, check, { encoding: 'utf8', stdio: 'pipe' })).toBe('')
})

describe.each(files)('the recipe %s', (file) => {
  const text = readFileSync(`examples/${file}`, 'utf8')
  const recipe = parse(text) as Recipe
  const jobs = Object.values(recipe.jobs)
  const steps = jobs.flatMap((job) => job.steps)
  const ours = steps.filter(({ uses }) => uses === OURS)

  // What nobody plays is broken by the next change of the action.
  test('is a workflow that a test of its name plays, and is in the index', () => {
    const name = /^([a-z-]+)\.yml$/.exec(file)?.[1] ?? ''
    const played = `__tests__/examples/${name}.test.ts`
    expect(existsSync(played)).toBe(true)
    expect(readFileSync(played, 'utf8')).toMatch(
      new RegExp(`playWorkflow\\('examples/${file}'|FILE = 'examples/${file}'`),
    )
    expect(readFileSync('examples/README.md', 'utf8')).toContain(`[${file}](${file})`)
  })

  test('says in its first lines what to set up', () => {
    expect(text).toMatch(/^(# .*\n|#\n)+# Set up first/)
  })

  // An input with a slip of the pen is a warning that nobody reads, and does nothing.
  test('uses only existing inputs of the action', () => {
    expect(ours.length).toBeGreaterThan(0)
    for (const step of ours) {
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})))
    }
    expect(steps.filter(({ uses }) => uses?.includes('databricks-secrets-sync'))).toEqual(ours)
  })

  // The credentials of all other workflows would be copied along.
  test('selects secrets by name if it reads all secrets', () => {
    for (const step of ours) {
      if (/toJSON\(secrets\)/.test(String(step.with?.['secrets']))) {
        // A config file names them.
        if (step.with?.['config'] === undefined) expect(step.with?.['include']).toMatch(/^\w+\*$/)
      }
    }
  })

  // Code that gets into the job, by an action of somebody else, say, has no more rights than the job.
  test('has no more permissions than it needs', () => {
    for (const job of jobs) {
      const granted = job.permissions ?? recipe.permissions
      const script = job.steps.map(({ run = '' }) => run).join('\n')
      const needed = [
        ['id-token', 'write', true],
        ['contents', 'read', job.steps.some(checkout)],
        ['issues', 'write', script.includes('gh issue')],
        ['pull-requests', 'write', job.steps.some((step) => step.with?.['pr-comment'] === true)],
      ] as const
      const expected = needed.filter(([, , isNeeded]) => isNeeded).map(([name, right]) => [name, right])
      expect(granted).toEqual(Object.fromEntries(expected))
    }
    // A job without a word of its own has the workflow's; where jobs differ, that has to be nothing.
    if (jobs.length > 1) expect(recipe.permissions).toEqual({})
  })

  // Two runs at once: the older one can have the last word.
  test('has a time limit and a concurrency group that cancels no run', () => {
    for (const job of jobs) {
      expect(job['timeout-minutes']).toBeLessThanOrEqual(15)
      expect(job.concurrency ?? recipe.concurrency).toEqual({ group: expect.stringMatching(/^databricks-/) })
    }
  })

  // Text from outside would be code in the shell; a script that GitHub fills in is also in the log.
  test('has no expression in a script, and no trigger that runs untrusted code', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{')
    expect(Object.keys(recipe.on)).not.toContain('pull_request_target')
  })

  // A tag of somebody else's can be moved to code that reads the secrets of the job.
  test('advises to pin third-party actions, and leaves no token in a checkout', () => {
    const foreign = steps.filter(({ uses = OURS }) => uses !== OURS && !uses.startsWith('actions/'))
    expect(text.match(/# A tag can be moved\. Put the commit/g) ?? []).toHaveLength(foreign.length)
    for (const step of steps.filter(checkout)) {
      expect(step.with).toMatchObject({ 'persist-credentials': false })
    }
  })

  test('writes no file with values where other jobs or people can read it', () => {
    for (const { run = '' } of steps) {
      for (const [, target] of run.matchAll(/[^>]>\s*(\S+)/g)) expect(target).toMatch(/^"\$RUNNER_TEMP\//)
      if (run.includes('>')) expect(run).toContain('umask 077')
    }
  })
})
