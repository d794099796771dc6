import { describe, expect, test } from '@jest/globals'

import { before, refusal } from '../../../emulator/faults.js'
import { FaultScript } from '../../../emulator/fault-script.js'
import { callsOf, values, workspace } from '../schema/schema-step.js'
import { everythingSaid } from '../sync-step.js'
import { ADA_READS, MAP, scopeValues, syncConfig, THREE, useManagedSchema, writes } from './config-step.js'

/** The permissions of the three targets, and what they delete. */
const FULL = `version: 1
defaults:
  prune: true
scopes:
  storage:
    secrets: { blob: BLOB_KEY, tls-key: TLS_KEY }
    permissions: { analysts: READ }
  reporting:
    include: [REPORT_*]
    key-strip-prefix: REPORT_
    key-case: kebab
    permissions: { analysts: READ }
schemas:
  main.storage:
    secrets: { blob: BLOB_KEY }
    permissions: { analysts: READ SECRET }
`

/** Creates both scopes with a secret that prune deletes. */
function addOldScopes(): void {
  for (const name of ['storage', 'reporting']) {
    workspace.store.createScope(name, ADA_READS)
    workspace.store.putSecret(name, 'old', Buffer.from('fake-old-value'))
  }
}

describe('a run with a config file', () => {
  test('writes two scopes and a schema, and reports them together', async () => {
    const step = await syncConfig(THREE)
    expect(step).toMatchObject({ exitCode: 0 })
    expect(scopeValues('storage')).toEqual({ blob: MAP.BLOB_KEY, 'tls-key': MAP.TLS_KEY })
    expect(scopeValues('reporting')).toEqual({ api: MAP.REPORT_API })
    expect(values()).toEqual({ blob: MAP.BLOB_KEY })
    expect(step.outputs).toMatchObject({
      created: JSON.stringify(['storage/blob', 'storage/tls-key', 'reporting/api', 'main.storage/blob']),
      changed: 'true',
      'scope-created': 'true',
    })
    expect(step.log).toContain('3 targets: 4 created (')
    for (const value of Object.values(MAP)) expect(everythingSaid(step)).not.toContain(value)
  })
})
