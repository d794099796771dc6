import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { SecretMasker } from '../runner/secret-masker.js'
import { runStep, type StepResult } from '../runner/step.js'
import { LEAK_PATHS, type LeakPath } from './leak-paths.js'
import { longestValue, secretValue } from './secret-values.js'
import { spellingsOf, type Spelling } from './spellings.js'

/** The normal test command always makes the same values; `npm run test:leak` makes others, and more. */
const SEED = Number(process.env['LEAK_SEED'] ?? 20261124)
const RUNS = Number(process.env['LEAK_RUNS'] ?? 2)
const VALUES_A_RUN = 12
const MOST_SPELLINGS = 1_000

const counts = { values: 0, runs: 0, searches: 0, laterLines: 0 }

afterAll(() => {
  const { values, runs, searches, laterLines } = counts
  process.stdout.write(
    `Leak test, seed ${SEED}: ${values} values, ${runs} runs, ${searches} searches in what these left, ` +
      `${laterLines} lines of a later step masked.\n`,
  )
})

/** Runs the action on a path, with the values in files, in an input, and in variables. */
async function runOn(leakPath: LeakPath, values: readonly Buffer[], token: string): Promise<StepResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'leak-'))
  const workspace = await EmulatedWorkspace.start({ identities: [{ token, name: 'ada@example.com' }] })
  const cancel = new AbortController()
  try {
    if (leakPath.cancelled) {
      workspace.intercept(({ path: call }) => {
        if (call.endsWith('/secrets/put')) cancel.abort()
        return undefined
      })
    }
    leakPath.prepare?.(workspace, token)
    // A value of a variable or an input is text that has no NUL byte; anything may be in a file.
    const [inInput, inFiles] = divide(values, (value, index) => index % 2 === 0 && isText(value))
    const [inVariables, inFilesToo] = divide(
      inFiles,
      (value, index) => index % 3 === 0 && isText(value) && !value.includes(0),
    )
    for (const [index, value] of inFilesToo.entries()) await writeFile(path.join(folder, `f${index}`), value)
    return await runStep({
      ...leakPath.step,
      workspace: folder,
      cancel: cancel.signal,
      env: Object.fromEntries(inVariables.map((value, index) => [`VALUE_${index}`, value.toString()])),
      with: {
        host: workspace.url,
        token,
        scope: 'storage',
        secrets: JSON.stringify(
          Object.fromEntries(inInput.map((value, index) => [`i${index}`, value.toString()])),
        ),
        'secret-envs': inVariables.map((_, index) => `v${index}=VALUE_${index}`).join('\n'),
        'secret-files': inFilesToo.map((_, index) => `f${index}=f${index}`).join('\n'),
        ...leakPath.inputs,
      },
    })
  } finally {
    await workspace.close()
    await rm(folder, { recursive: true })
  }
}

function isText(value: Buffer): boolean {
  return Buffer.from(value.toString()).equals(value) && value.length < 50_000
}

function divide<T>(all: readonly T[], isFirst: (one: T, index: number) => boolean): [T[], T[]] {
  return [all.filter((one, index) => isFirst(one, index)), all.filter((one, index) => !isFirst(one, index))]
}

/** All that a run leaves for people and later steps, in the places where it is found. */
function placesOf(step: StepResult): Record<string, string> {
  return {
    // The first wall: what the action itself prints, before the runner has masked anything.
    'its raw output': step.stdout.replaceAll(/^::add-mask::.*$/gm, '') + step.stderr,
    'the log': step.entries
      .filter(({ kind }) => kind !== 'header') // The runner writes it before the action starts.
      .map(({ text }) => text)
      .join('\n'),
    'the summary': step.summary,
    'the outputs': JSON.stringify([step.outputs, step.state, step.envChanges, step.path]),
    'the annotations': JSON.stringify(step.annotations),
  }
}

function findLeaks(step: StepResult, spellings: readonly Spelling[]): string[] {
  return Object.entries(placesOf(step)).flatMap(([place, content]) =>
    spellings
      .filter(({ text }) => {
        counts.searches++
        return content.includes(text)
      })
      .map(({ name, text }) => `${name} in ${place}: ${JSON.stringify(text)}`),
  )
}

/** What is left of the spellings when a later step of the job prints them, with the masks that this run has sent. */
function findUnmasked(step: StepResult, spellings: readonly Spelling[]): string[] {
  const masker = new SecretMasker()
  for (const mask of step.masks) masker.add(mask)
  return spellings
    .filter(({ text }) => {
      counts.laterLines++
      return masker.mask(`later: ${text}`).includes(text)
    })
    .map(({ name, text }) => `${name}, unmasked in a later step: ${JSON.stringify(text)}`)
}

async function expectNoLeak(leakPath: LeakPath, values: readonly Buffer[]): Promise<void> {
  const token = `fake-token-${randomBytes(12).toString('hex')}`
  const step = await runOn(leakPath, values, token)
  const all = [...values, Buffer.from(leakPath.inputs?.['token'] ?? token)].flatMap(spellingsOf)
  // Of the thousands of lines of the longest values, some are enough.
  const every = Math.ceil(all.length / MOST_SPELLINGS)
  const spellings = all.filter((_, index) => index % every === 0)
  counts.values += values.length
  counts.runs++
  const finds = [...findLeaks(step, spellings), ...(leakPath.unmasked ? [] : findUnmasked(step, spellings))]
  // The first few tell enough; each has forty forms.
  expect(finds.slice(0, 5)).toEqual([])
  expect([step.exitCode, step.log]).toEqual([leakPath.exitCode, expect.anything()])
}

// A value that shows anywhere is a breach: it has to be changed everywhere, and who has read the log keeps it.
describe.each(LEAK_PATHS)('$name', (leakPath) => {
  test('shows no value, and masks them for later steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(secretValue, { minLength: VALUES_A_RUN, maxLength: VALUES_A_RUN }),
        (values) => expectNoLeak(leakPath, values),
      ),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
  })
})

test.each(LEAK_PATHS.filter(({ name }) => /^success$|in a message|cut/.test(name)))(
  'the longest values do not show either: $name',
  async (leakPath) => {
    await fc.assert(
      fc.asyncProperty(longestValue, longestValue, (one, other) => expectNoLeak(leakPath, [one, other])),
      { seed: SEED, numRuns: 1, endOnFailure: true },
    )
  },
)
