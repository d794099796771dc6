import { afterEach, beforeEach } from '@jest/globals'

import type { SchemaContent } from '../../../emulator/unity-catalog.js'
import { EmulatedWorkspace, type WorkspaceOptions } from '../../../emulator/workspace.js'
import type { Step, StepResult } from '../../runner/step.js'
import { syncTo } from '../sync-step.js'

/** The principals of these tests: Ada, whose token the runs have, and others. */
export const ADA = 'ada@example.com'
export const GRACE = 'grace@example.com'

/** A day of 24 hours, in ms. */
export const DAY_MS = 86_400_000

/** A schema that Ada may use and create secrets in, but that is not hers. */
export const ADAS_GRANTS = { [ADA]: ['USE_SCHEMA', 'CREATE_SECRET'] } as const

/** A new workspace for each test of the file that imports this, with the schema `main.storage`: see {@link ADAS_GRANTS}. */
export let workspace: EmulatedWorkspace

beforeEach(async () => {
  workspace = await startWith()
})

afterEach(async () => {
  await workspace.close()
})

/** Starts a workspace with the schema `main.storage`. */
export async function startWith(
  content: SchemaContent = {},
  options: WorkspaceOptions = {},
): Promise<EmulatedWorkspace> {
  const started = await EmulatedWorkspace.start(options)
  started.catalogs.createSchema('main.storage', { grants: ADAS_GRANTS, ...content })
  return started
}

/** Uses another workspace in this test. */
export async function replaceWorkspace(
  content: SchemaContent,
  options: WorkspaceOptions = {},
): Promise<void> {
  await workspace.close()
  workspace = await startWith(content, options)
}

/** Runs the action for the schema `main.storage`, as Ada. */
export async function syncToSchema(
  inputs: Record<string, string> = {},
  step: Omit<Step, 'with'> = {},
): Promise<StepResult> {
  return await syncTo(workspace, { scope: '', schema: 'main.storage', ...inputs }, step)
}

/** The number of requests for each call of Unity Catalog and others, as `3 POST secrets`, in alphabetical order. */
export function callsOf({ requests }: Pick<EmulatedWorkspace, 'requests'>): string[] {
  const counts = new Map<string, number>()
  for (const { method, path } of requests.all) {
    const name = path
      .replace(/^\/api\/2\.\d\/(?:unity-catalog\/)?/, '')
      .replace(/(secrets|schemas|permissions\/\w+)\/.+$/, '$1/*')
    counts.set(`${method} ${name}`, (counts.get(`${method} ${name}`) ?? 0) + 1)
  }
  return [...counts].map(([call, count]) => `${count} ${call}`).sort()
}

/** The values in the schema `main.storage`, by name. */
export function values(): Record<string, string> {
  return workspace.catalogs.valuesIn('main.storage')
}
