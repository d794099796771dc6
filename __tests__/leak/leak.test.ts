import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { AT_ONCE } from '../e2e/sync-step.js'
import { runStep, type StepResult } from '../runner/step.js'
import { LEAK_PATHS, LONGEST_PATHS, type LeakPath } from './leak-paths.js'
import { findLeaks, findUnmasked, findUnmaskedForms, searched } from './leak-search.js'
import { examples, longestValue, secretValue } from './secret-values.js'
import { spellingsOf, type Spelling } from './spellings.js'

/**
 * The normal test command always makes the same values, others on each path; `npm run test:leak` makes new ones, and
 * more.
 */
const SEED = Number(process.env['LEAK_SEED'] ?? 20261124)
const RUNS = Number(process.env['LEAK_RUNS'] ?? 1)
const VALUES_A_RUN = 16
const MOST_SPELLINGS = 1_000

/** By its place each path has a seed of its own. */
const PATHS = LEAK_PATHS.map((leakPath, index) => ({ leakPath, name: leakPath.name, seed: SEED + index }))

const TOKEN = `fake-token-${randomBytes(12).toString('hex')}`

const distinct = new Set<string>()
let runs = 0

/** The masks of the examples and of the token: a run that sends them too needs no second search. */
let searchedMasks: readonly string[] = []

beforeAll(async () => {
  const [success] = LEAK_PATHS
  const step = success && (await expectNoLeak(success, examples))
  searchedMasks = step?.masks ?? []
})

afterAll(() => {
  process.stdout.write(
    `Leak test, seed ${SEED}: ${distinct.size} distinct values, ${runs} runs, ${searched.texts} searches in what these left, ` +
      `${searched.laterLines} lines and ${searched.laterForms} forms of a later step masked.\n`,
  )
})

/** Runs the action on a path, with the values in files, in an input, and in variables. */
async function runOn(leakPath: LeakPath, values: readonly Buffer[]): Promise<StepResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'leak-'))
  const workspace = await EmulatedWorkspace.start({ identities: [{ token: TOKEN, name: 'ada@example.com' }] })
  const cancel = new AbortController()
  try {
    if (leakPath.cancelled) {
      workspace.intercept(({ path: call }) => {
        if (call.endsWith('/secrets/put')) cancel.abort()
        return undefined
      })
    }
    leakPath.prepare?.(workspace, TOKEN)
    // A value of a variable or an input is text that has no NUL byte; anything may be in a file.
    const [inInput, inFiles] = divide(values, (value, index) => index % 2 === 0 && isText(value))
    const [inVariables, inFilesToo] = divide(
      inFiles,
      (value, index) => index % 3 === 0 && isText(value) && !value.includes(0),
    )
    for (const [index, value] of inFilesToo.entries()) await writeFile(path.join(folder, `f${index}`), value)
    const envs = keysOf('v', inVariables, 'VALUE_')
    const files = keysOf('f', inFilesToo, 'f')
    const secrets = keysOf('i', inInput, 'i')
    const { scopes } = leakPath
    const target = Object.fromEntries(
      Object.entries({ secrets, envs, files }).filter(([, keys]) => Object.keys(keys).length > 0),
    )
    if (scopes) await writeFile(path.join(folder, 'secrets.yml'), configOf(scopes, target))
    return await runStep({
      ...leakPath.step,
      workspace: folder,
      cancel: cancel.signal,
      env: Object.fromEntries(inVariables.map((value, index) => [`VALUE_${index}`, value.toString()])),
      with: {
        host: workspace.url,
        token: TOKEN,
        ...(inInput.length > 0 && {
          secrets: JSON.stringify(
            Object.fromEntries(inInput.map((value, index) => [`i${index}`, value.toString()])),
          ),
        }),
        ...(scopes
          ? { config: 'secrets.yml' }
          : { scope: 'storage', 'secret-envs': linesOf(envs), 'secret-files': linesOf(files) }),
        ...AT_ONCE,
        ...leakPath.inputs,
      },
    })
  } finally {
    await workspace.close()
    await rm(folder, { recursive: true })
  }
}

/** A key for each of these values, and what has it. */
function keysOf(key: string, values: readonly Buffer[], source: string): Record<string, string> {
  return Object.fromEntries(values.map((_, index) => [`${key}${index}`, `${source}${index}`]))
}

function linesOf(keys: Readonly<Record<string, string>>): string {
  return Object.entries(keys)
    .map((pair) => pair.join('='))
    .join('\n')
}

/** A config file, in JSON, with the same target for each of these scopes. */
function configOf(scopes: readonly string[], target: unknown): string {
  return JSON.stringify({ version: 1, scopes: Object.fromEntries(scopes.map((scope) => [scope, target])) })
}

function isText(value: Buffer): boolean {
  return Buffer.from(value.toString()).equals(value) && value.length < 50_000
}

function divide<T>(all: readonly T[], isFirst: (one: T, index: number) => boolean): [T[], T[]] {
  return [all.filter((one, index) => isFirst(one, index)), all.filter((one, index) => !isFirst(one, index))]
}

/** @param reachesBudget Whether the values have more forms than are masked. */
async function expectNoLeak(
  leakPath: LeakPath,
  values: readonly Buffer[],
  reachesBudget = false,
): Promise<StepResult> {
  const step = await runOn(leakPath, values)
  const spellings = spell([...values, Buffer.from(leakPath.inputs?.['token'] ?? TOKEN)])
  for (const value of values) distinct.add(value.toString('base64'))
  runs++
  const masks = new Set(step.masks)
  const areSearched = searchedMasks.length > 0 && searchedMasks.every((mask) => masks.has(mask))
  const others = areSearched ? values.filter((value) => !examples.includes(value)) : values
  const inLaterSteps = areSearched ? spell(others) : spellings
  const finds = [
    ...findLeaks(step, spellings),
    ...findUnmasked(step, reachesBudget ? inLaterSteps.filter(({ isRaw }) => isRaw) : inLaterSteps),
    ...findUnmaskedForms(step, others, reachesBudget),
  ]
  // The first few are enough; each has forty forms.
  expect(finds.slice(0, 5)).toEqual([])
  expect([step.exitCode, step.log]).toEqual([leakPath.exitCode, expect.anything()])
  for (const scope of leakPath.scopes ?? [])
    expect(step.log).toMatch(new RegExp(`^Scope ${scope}: .*failed$`, 'm'))
  return step
}

/** Of the thousands of lines of the longest values, some spellings are enough. */
function spell(values: readonly Buffer[]): Spelling[] {
  const all = values.flatMap(spellingsOf)
  const every = Math.ceil(all.length / MOST_SPELLINGS)
  return all.filter((_, index) => index % every === 0)
}

// A value that is shown anywhere is compromised, and must be changed everywhere.
describe.each(PATHS)('$name', ({ leakPath, seed }) => {
  test('shows no value, and masks them for later steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(secretValue, { minLength: VALUES_A_RUN, maxLength: VALUES_A_RUN }),
        async (values) => {
          await expectNoLeak(leakPath, [...examples, ...values])
        },
      ),
      { seed, numRuns: RUNS, endOnFailure: true },
    )
  })
})

test.each(LONGEST_PATHS.map((leakPath, index) => ({ leakPath, name: leakPath.name, seed: SEED + index })))(
  'the longest values do not show either: $name',
  async ({ leakPath, seed }) => {
    await fc.assert(
      fc.asyncProperty(longestValue, longestValue, async (one, other) => {
        await expectNoLeak(leakPath, [one, other], true)
      }),
      { seed, numRuns: 1, endOnFailure: true },
    )
  },
)
