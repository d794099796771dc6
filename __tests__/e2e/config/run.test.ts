import { describe, expect, test } from '@jest/globals'

import { callsOf, values, workspace } from '../schema/schema-step.js'
import { everythingSaid } from '../sync-step.js'
import { MAP, scopeValues, syncConfig, THREE } from './config-step.js'

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
    expect(callsOf(workspace)).toEqual([])
    for (const value of Object.values(MAP)) expect(everythingSaid(step)).not.toContain(value)
  })
})
