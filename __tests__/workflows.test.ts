import { readdirSync, readFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

interface Workflow {
  readonly permissions?: unknown
  readonly jobs: Readonly<
    Record<string, { permissions?: unknown; steps: { uses?: string; with?: object }[] }>
  >
}

const FOLDER = '.github/workflows'

// What runs here can change what is released, and so everybody's secrets.
describe.each(readdirSync(FOLDER))('the workflow %s', (file) => {
  const text = readFileSync(`${FOLDER}/${file}`, 'utf8')
  const workflow = parse(text) as Workflow

  // A tag can be moved to other code; the comment is for people, and for the bot that brings updates.
  test('uses actions by commit alone', () => {
    for (const [, uses = ''] of text.matchAll(/uses: (.+)$/gm)) {
      expect(uses).toMatch(/^(\.\/.*|[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+)*)$/)
    }
  })

  test('may only read, unless a job says what it needs', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
  })

  test('leaves no credentials behind in a checkout', () => {
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)
    for (const step of steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))) {
      expect(step.with).toMatchObject({ 'persist-credentials': false })
    }
  })
})
