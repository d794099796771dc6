import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

/** The step in a YAML block of a document. */
interface DocumentedStep {
  /** Absent for a step that runs a command. */
  readonly uses?: string
  readonly with: Record<string, string>
}

const action = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, unknown> }
const readme = readFileSync('README.md', 'utf8')

// Who copies from a page gets an action that works as it says.
test.each(['README.md', 'docs/authentication.md', 'docs/usage.md'])(
  '%s shows steps with inputs that exist',
  (page) => {
    const blocks = [...readFileSync(page, 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(
      ([, block = '']) => block,
    )
    const steps = blocks.flatMap((block) => parse(block) as DocumentedStep[])
    const ours = steps.filter(({ uses }) => uses !== undefined && uses !== 'azure/login@v2')
    expect(ours.length).toBeGreaterThan(1)
    for (const step of ours) {
      expect(step.uses).toBe('owner/databricks-secrets-sync@v1')
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with)))
    }
  },
)

describe('the README', () => {
  // Who copies from the README gets an action that works as it says.
  test('has the tables that action.yml gives', () => {
    const script = ['--import', 'tsx', 'scripts/readme.ts', '--check']
    expect(execFileSync(process.execPath, script, { encoding: 'utf8' })).toBe('')
  })

  test('opens with a step of ten lines', () => {
    const [, first = ''] = /```yaml\n(.*?)```/s.exec(readme) ?? []
    expect(first.trimEnd().split('\n')).toHaveLength(10)
  })
})

describe('docs/dependencies.md', () => {
  // A security team reads why each package is there; one that is not named is one that nobody has asked about.
  test('gives the reason of each dependency, and of no other', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >
    const explained = [...readFileSync('docs/dependencies.md', 'utf8').matchAll(/^\| `(.+?)` +\|/gm)].map(
      ([, name]) => name,
    )
    expect(explained.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort())
    // A range would let a release that nobody has looked at into the next build.
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })
})
