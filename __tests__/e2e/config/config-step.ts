import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { Step, StepResult } from '../../runner/step.js'
import { folder } from '../folder-of-test.js'
import { ADA, replaceWorkspace, workspace } from '../schema/schema-step.js'
import { syncTo } from '../sync-step.js'

/** Ada may use, read and manage the schema `main.storage`: what permissions in a file need. */
export async function useManagedSchema(): Promise<void> {
  await replaceWorkspace({ owner: ADA })
}

/** The values of the step's map, none of which may be shown. */
export const MAP = {
  BLOB_KEY: 'fake-blob-value',
  TLS_KEY: 'fake-tls-value',
  REPORT_API: 'fake-report-value',
  UNUSED: 'fake-unused-value',
}

/** Two scopes and a schema. */
export const THREE = `version: 1
scopes:
  storage:
    secrets:
      blob: BLOB_KEY
      tls-key: TLS_KEY
  reporting:
    include: [REPORT_*]
    key-strip-prefix: REPORT_
    key-case: kebab
schemas:
  main.storage:
    secrets:
      blob: BLOB_KEY
`

/** Runs the action with this config file, as Ada. */
export async function syncConfig(
  text: string,
  inputs: Record<string, string> = {},
  step: Omit<Step, 'with'> = {},
): Promise<StepResult> {
  await writeFile(path.join(folder, 'secrets.yml'), text)
  return await syncTo(
    workspace,
    { scope: '', config: 'secrets.yml', secrets: JSON.stringify(MAP), ...inputs },
    { workspace: folder, ...step },
  )
}

/** The secrets in a scope, by key; undefined if the scope is missing. */
export function scopeValues(name: string): Record<string, string> | undefined {
  try {
    const { secrets } = workspace.store.scope(name)
    return Object.fromEntries(secrets.map(({ key, value }) => [key, value.toString()]))
  } catch {
    return undefined
  }
}

/** The changes that the workspace was asked for, in order, as `POST secrets/put storage/blob`. */
export function writes(): string[] {
  return workspace.requests.all
    .filter(({ method, path: asked }) => method !== 'GET' && !asked.includes('/oauth'))
    .map(({ method, path: asked }) => `${method} ${asked.replace(/^\/api\/2\.\d\/(?:unity-catalog\/)?/, '')}`)
}
