import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { folder } from '../folder-of-test.js'
import { expectRefused } from '../refused-step.js'
import { syncToSchema, workspace } from './schema-step.js'

const PERIOD =
  'the key contains a period, which Unity Catalog does not allow in the name of a secret. Rename the key'

describe('refused before the first request', () => {
  test('together, with create-scope and a period in a key', async () => {
    const step = await syncToSchema({ 'create-scope': 'false', secrets: 'a.b=fake' })
    expectRefused(workspace, step, 'create-scope: is only for a secret scope', `secrets, line 1: ${PERIOD}.`)
  })

  test('a value that is no text, with the cure', async () => {
    writeFileSync(path.join(folder, 'keystore'), Buffer.from([0xff, 0xfe, 0]))
    const step = await syncToSchema({ secrets: '', 'secret-files': 'k=keystore' }, { workspace: folder })
    expectRefused(workspace, step, 'secret-files, line 1: the value is not text in UTF-8')
    expect(step.log).toContain('Store its base64 text in an earlier step')
    expect(step.log).toContain('base64.b64decode')
  })
})

test('a value of 61,440 bytes is written', async () => {
  expect((await syncToSchema({ secrets: `a=${'x'.repeat(61_440)}` })).exitCode).toBe(0)
})
