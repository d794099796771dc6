import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from '@jest/globals'

import { readInputs, type ParsedInputs } from '../../src/inputs/read-inputs.js'
import { readPullRequest } from '../../src/inputs/pull-request.js'
import { pullRequestWithoutSecrets } from '../../src/inputs/secrets-unavailable.js'
import { describeInputErrors } from '../../src/report/describe-input-errors.js'
import { planMasks } from '../../src/secrets/masks/mask-plan.js'
import { readAction } from '../runner/action-metadata.js'
import {
  environmentOf,
  FAKE_GITHUB_TOKEN,
  foldersBelow,
  makeFolders,
  runnerVariables,
} from '../runner/environment.js'
import { resolveInputs } from '../runner/inputs.js'
import { SecretMasker } from '../runner/secret-masker.js'
import type { Step } from '../runner/step.js'

/** What is read of a step before its first request. */
export interface ReadStep extends ParsedInputs {
  /** The input errors in the words of the log, before the runner masks them. */
  readonly messages: readonly string[]
  /** Whether the errors have one reason: GitHub gives the run no secrets. */
  readonly withoutSecrets: boolean
}

/**
 * Reads the inputs of a step in this process, with the environment that the runner gives it, as the action does before
 * its first request. The inputs are those of a step that writes one secret to the scope `storage`, and `with`.
 */
export async function readStep({
  with: given = {},
  env = {},
  event = {},
  workspace,
  runnerVariables: variables,
}: Pick<Step, 'with' | 'env' | 'event' | 'workspace' | 'runnerVariables'>): Promise<ReadStep> {
  const inherited = process.env
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'read-step-')))
  try {
    const folders = foldersBelow(root, workspace)
    await makeFolders(folders, event)
    const runner = { ...runnerVariables(folders, false), ...variables }
    const one = { host: 'https://dbc-a1b2c3d4-e5f6.cloud.databricks.com', scope: 'storage' }
    const inputs = resolveInputs(
      { ...one, token: 'fake-token-of-ada', secrets: 'blob=fake-value', ...given },
      await readAction('.'),
      (name) => (name === 'token' ? FAKE_GITHUB_TOKEN : runner[`GITHUB_${name.toUpperCase()}`]),
    )
    process.env = environmentOf(folders, env, runner, inputs)
    const parsed = await readInputs(process.env)
    const run = { ...parsed, pullRequest: readPullRequest(process.env) }
    return {
      ...parsed,
      messages: describeInputErrors(parsed.errors),
      withoutSecrets: pullRequestWithoutSecrets(run) !== undefined,
    }
  } finally {
    process.env = inherited
    await rm(root, { recursive: true })
  }
}

/** The masks that a step registers. */
export function masksOf({ masked }: ReadStep): readonly string[] {
  return planMasks(masked.secrets, masked.credentials).masks
}

/** The input errors in the words of the log, as the runner shows them. */
export function maskedMessages(step: ReadStep): string[] {
  const masker = new SecretMasker()
  for (const mask of masksOf(step)) masker.add(mask)
  return step.messages.map((message) => masker.mask(message))
}

/** Expects that a step has input errors that begin like this, also where the runner masks what they contain. */
export function expectInputErrors(step: ReadStep, ...beginnings: string[]): void {
  expect(step.inputs).toBeUndefined()
  expect(
    maskedMessages(step).map((message, index) => message.slice(0, beginnings[index]?.length ?? 0)),
  ).toEqual(beginnings)
}
