import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { Step, StepResult } from '../../runner/step.js'
import { folder } from '../folder-of-test.js'
import { ADA, replaceWorkspace, workspace } from '../schema/schema-step.js'
import { syncTo } from '../sync-step.js'

/** Uses a workspace with two scopes that Ada manages, and a schema that she owns, each with a secret that prune deletes. */
export async function useFilledTargets(): Promise<void> {
  await replaceWorkspace({ owner: ADA, secrets: { old: 'fake-old-value' } })
  for (const name of ['storage', 'reporting'])
    workspace.store.createScope(name, { acls: { [ADA]: 'MANAGE' }, secrets: { old: 'fake-old-value' } })
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

/** The three targets with permissions and prune. */
export const FULL = `version: 1
defaults:
  prune: true
scopes:
  storage:
    secrets: { blob: BLOB_KEY, tls-key: TLS_KEY }
    permissions: { auditors: READ }
  reporting:
    include: [REPORT_*]
    key-strip-prefix: REPORT_
    key-case: kebab
    permissions: { auditors: READ }
schemas:
  main.storage:
    secrets:
      BLOB: { from: BLOB_KEY, comment: Storage of the lake, permissions: { grace@example.com: READ SECRET } }
    permissions: { auditors: READ SECRET }
`
