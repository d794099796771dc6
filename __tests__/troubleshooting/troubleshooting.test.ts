import { readFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'

import { anchorOf } from '../../src/report/troubleshooting-link.js'
import { syncTo } from '../e2e/sync-step.js'
import type { StepResult } from '../runner/step.js'
import { OF_AGES } from './ages.js'
import { OF_CONSUMERS } from './consumers.js'
import { OF_CONFIG_FILES, OF_CONFIG_RUNS } from './config.js'
import { OF_FILES } from './files.js'
import { OF_OTHER_INPUTS, OF_THE_MAP } from './inputs.js'
import { OF_THE_MOMENT, OF_THE_NETWORK } from './network.js'
import { OF_BUGS, OF_PULL_REQUESTS } from './pull-request.js'
import { OF_PERMISSIONS, OF_THE_PLAN, OF_THE_SCOPE, OF_WRITTEN_SCOPES } from './scope.js'
import { OF_SCHEMA_INPUTS, OF_SCHEMA_PERMISSIONS, OF_THE_SCHEMA, OF_WRITTEN_SCHEMAS } from './schema.js'
import type { Scenario } from './scenario.js'
import { OF_SIGN_IN } from './sign-in.js'

// The messages after that heading are not from this action.
const [ours = ''] = readFileSync('docs/troubleshooting.md', 'utf8').split(
  '\n## Messages from GitHub and the runner\n',
)

/** The messages that a part of the page is about: its headings of the third level. */
function messagesIn(part: string): string[] {
  return [...part.matchAll(/^### (`+) ?(.+?) ?\1$/gm)].map(([, , message = '']) => message)
}

/** The anchor of the section that has a message: its heading of the second level. */
function sectionOf(message: string): string {
  const section = ours.split(/^## /m).find((part) => messagesIn(part).includes(message)) ?? ''
  return anchorOf(section.split('\n')[0] ?? '')
}

/** The anchors of the sections of the page that a log or a summary links to. */
function linksIn(text: string): string[] {
  return [...text.matchAll(/docs\/troubleshooting\.md#([\w-]+)/g)].map(([, anchor = '']) => anchor)
}

/** What is wrong with the inputs, and nothing else. */
const OF_INPUTS = { ...OF_THE_MAP, ...OF_FILES, ...OF_CONFIG_FILES, ...OF_OTHER_INPUTS, ...OF_SCHEMA_INPUTS }

/** The runs of the scenarios: messages can share one. */
const runs = new Map<Scenario, Promise<StepResult>>()

function runOf(play: Scenario): Promise<StepResult> {
  const run = runs.get(play) ?? play()
  runs.set(play, run)
  return run
}

const SCENARIOS = Object.entries({
  ...OF_INPUTS,
  ...OF_SIGN_IN,
  ...OF_THE_NETWORK,
  ...OF_THE_MOMENT,
  ...OF_THE_SCOPE,
  ...OF_WRITTEN_SCOPES,
  ...OF_THE_SCHEMA,
  ...OF_WRITTEN_SCHEMAS,
  ...OF_THE_PLAN,
  ...OF_PERMISSIONS,
  ...OF_SCHEMA_PERMISSIONS,
  ...OF_CONSUMERS,
  ...OF_CONFIG_RUNS,
  ...OF_AGES,
  ...OF_PULL_REQUESTS,
  ...OF_BUGS,
})

/** Messages beside a more exact one, which the link of the run is for. */
const SECONDARY = new Set([
  '… cannot be used with this host.',
  'Not deleted, because another key failed',
  'The permission of "…" was not changed, because the secret "…" was not written.',
  'Set, but it could not be read back to verify it.',
])

// Users search the page for the message of a failed step, so the page must quote it exactly.
describe('docs/troubleshooting.md', () => {
  test('has the messages of these tests, and no other', () => {
    expect(messagesIn(ours).sort()).toEqual(SCENARIOS.map(([message]) => message).sort())
    expect(ours.match(/^### /gm)).toHaveLength(SCENARIOS.length)
  })

  test.concurrent.each(SCENARIOS)('quotes what the action says: %s', async (message, play) => {
    const { annotations, exitCode, log, summary } = await runOf(play)
    // What the page of the run shows above the log, or the log where there is only that.
    const said = [...annotations.map((each) => each.message), ...log.split('\n')]
    const pattern = message
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+')
    expect(said).toContainEqual(expect.stringMatching(pattern))
    // Lost if this fails: a failed step leads to another section than the one with its message, or to none.
    const links = linksIn(log)
    expect(links.length > 0).toBe(exitCode !== 0)
    expect(links.length).toBeLessThanOrEqual(message in OF_INPUTS ? 3 : 1)
    const messages = SCENARIOS.filter(([, other]) => other === play).map(([each]) => each)
    const primary = messages.filter((each) => !SECONDARY.has(each))
    const sections = exitCode === 0 ? [] : [...new Set(primary.map(sectionOf))]
    expect(links).toEqual(expect.arrayContaining(sections))
    if (primary.length === messages.length) expect(links).toHaveLength(sections.length)
    if (summary !== '' && !(message in OF_BUGS)) expect(linksIn(summary)).toEqual(links)
    // Of a secret that is a JSON document of several lines, GitHub masks each brace in the whole job.
    if (message in OF_INPUTS) {
      const errors = log.split('\n').filter((line) => line.startsWith('Error: '))
      expect(
        [...annotations.map((each) => each.message), ...errors].filter((text) => /["{}]/.test(text)),
      ).toEqual([])
    }
  })
})

// For this limit the action has no message, because it is not even started.
const onLinux = process.platform === 'linux' ? test : test.skip
onLinux('an input over 128 KiB keeps the action from being started', async () => {
  const secrets = `blob=${'fake-value'.repeat(14_000)}`
  await expect(syncTo({ url: 'http://127.0.0.1:9' }, { secrets })).rejects.toThrow('Argument list too long')
})
