import { randomBytes } from 'node:crypto'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { playWorkflow, type PlayedJob } from '../runner/workflow/play-workflow.js'
import { PRODUCTION, RecipeWorkspace } from './databricks.js'
import { leaksOf, madeUp, madeUpKey } from './shown.js'

let databricks: RecipeWorkspace

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('storage', PRODUCTION)
})

afterEach(async () => {
  await databricks.close()
})

async function play(secrets: Record<string, string>): Promise<PlayedJob[]> {
  return await playWorkflow('examples/files.yml', {
    event: { name: 'workflow_dispatch' },
    environments: { production: { vars: databricks.vars, secrets } },
    jobVariables: databricks.idToken,
  })
}

describe('secrets that are files', () => {
  // A keystore with one byte changed opens nothing, and the job that needs it says only that the password is wrong.
  test('are written byte for byte', async () => {
    const keystore = randomBytes(3_000)
    const secrets = {
      TLS_KEY: madeUpKey(),
      SERVICE_ACCOUNT: JSON.stringify({ type: 'fake', private_key: madeUpKey(), id: madeUp() }, null, 2),
      // As `base64` writes it, in lines of 76.
      KEYSTORE_BASE64: keystore.toString('base64').replaceAll(/.{76}/g, '$&\n'),
    }
    const jobs = await play(secrets)
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
    expect(databricks.stored).toEqual({
      'tls-key': Buffer.from(secrets.TLS_KEY),
      'service-account': Buffer.from(secrets.SERVICE_ACCOUNT),
      keystore,
    })
    expect(leaksOf(jobs, [secrets.TLS_KEY, secrets.SERVICE_ACCOUNT, keystore])).toEqual([])
  })

  // Half a keystore in place of the one that worked.
  test.each([
    ['is no Base64', 'fake*'],
    ['is missing', ''],
  ])('stay unchanged when the keystore %s', async (_, text) => {
    const jobs = await play({ TLS_KEY: madeUp(), SERVICE_ACCOUNT: madeUp(), KEYSTORE_BASE64: text })
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['failure'])
    expect(databricks.stored).toEqual({})
  })
})
