import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { playWorkflow, type PlayedStep, type World } from './runner/workflow/play-workflow.js'

const WORKFLOW = '.github/workflows/every-runner.yml'
const SYSTEMS = 'os: [ubuntu-latest, macos-latest, windows-latest]'

/** What the scripts of the workflow need of a checkout. */
const CHECKED_OUT = ['emulator', 'node_modules', 'package.json', 'scripts', 'tsconfig.json']

const world: World = {
  event: { name: 'push' },
  uses: {
    'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd': async ({ workspace }) => {
      for (const name of CHECKED_OUT) await symlink(path.resolve(name), path.join(workspace, name))
      return {}
    },
    'actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444': () => ({}),
  },
  // node_modules is a link to ours here.
  programs: { npm: 'true' },
}

/** Plays the job for Linux, with texts of it changed or not; gives its steps by name. */
async function play(
  changes: readonly (readonly [from: string, to: string])[] = [],
): Promise<Map<string, PlayedStep>> {
  let text = await readFile(WORKFLOW, 'utf8')
  for (const [from, to] of [[SYSTEMS, 'os: [ubuntu-latest]'], ...changes] as const) {
    expect(text).toContain(from)
    text = text.replaceAll(from, to)
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'every-runner-'))
  try {
    const file = path.join(folder, 'every-runner.yml')
    await writeFile(file, text)
    const [job] = await playWorkflow(file, world)
    return new Map(job?.steps.map((step) => [step.name, step]))
  } finally {
    await rm(folder, { recursive: true })
  }
}

const CHECK = 'Compare what is stored, and what was said'

// The action is tried by it on Windows and macOS: were it green whatever happens, nobody would know that it is broken there.
describe('the workflow that runs the action on every runner', () => {
  test('is green on this one, with a run that fails as it should', async () => {
    const steps = await play()
    const outcomes = [...steps.values()].map(({ name, outcome }) => [name, outcome])
    expect(outcomes.filter(([, outcome]) => outcome !== 'success')).toEqual([
      ['Wrong token, which has to fail', 'failure'],
    ])
    expect(steps.get(CHECK)?.result?.log.match(/^ok /gm)).toHaveLength(13)
  })

  test('is red, and says why, when bytes differ and runs do what they should not', async () => {
    const steps = await play([
      ['from-env=FROM_ENV', 'from-env=GITHUB_SHA'],
      ['if-exists: compare', 'if-exists: update'],
      ['dry-run: true', 'dry-run: false'],
      ['fake-token-of-nobody', 'fake-token-of-ada'],
    ])
    const { outcome, result } = steps.get(CHECK) ?? {}
    expect(outcome).toBe('failure')
    expect(result?.annotations.map(({ message }) => message.split(':')[0])).toEqual([
      'the keys of the scope',
      'the digest of from-env',
      'changed, by the second run',
      'unchanged, by the second run',
      'the outcome of the run with a wrong token',
    ])
    // The workspace would stay behind on a runner of one's own.
    expect(steps.get('Stop the workspace')?.outcome).toBe('success')
  })
})
