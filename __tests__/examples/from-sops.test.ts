import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { playWorkflow, type PlayedJob } from '../runner/workflow/play-workflow.js'
import { PRODUCTION, RecipeWorkspace } from './databricks.js'
import { leaksOf, madeUp } from './shown.js'

let databricks: RecipeWorkspace

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('storage', PRODUCTION)
})

afterEach(async () => {
  await databricks.close()
})

/** Stands in for sops: the cipher is Base64. */
const SOPS = `#!/usr/bin/env bash
set -eu
[ "$1 $2 $3" = 'decrypt --output-type json' ] && [ "$SOPS_AGE_KEY" = fake-age-key ]
base64 --decode < "$4"
`

async function play(document: object, checksum: string): Promise<PlayedJob[]> {
  return await playWorkflow('examples/from-sops.yml', {
    event: { name: 'push' },
    environments: {
      production: {
        vars: { ...databricks.vars, SOPS_SHA256: checksum },
        secrets: { SOPS_AGE_KEY: 'fake-age-key' },
      },
    },
    jobVariables: databricks.idToken,
    uses: {
      'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd': async ({ workspace, with: given }) => {
        expect(given).toEqual({ 'persist-credentials': 'false' })
        const file = path.join(workspace, 'secrets', 'storage.yaml')
        await mkdir(path.dirname(file), { recursive: true })
        await writeFile(file, Buffer.from(JSON.stringify(document)).toString('base64'))
        return {}
      },
    },
    programs: {
      // Its last argument is the file to write.
      gh: `[ "$1 $2" = 'release download' ]; cat > "\${!#}" <<'END'\n${SOPS}END`,
    },
  })
}

describe('secrets in the repository, encrypted by sops,', () => {
  const checksum = createHash('sha256').update(SOPS).digest('hex')

  // A key that somebody has deleted from the file would stay in the scope for ever.
  test('become the keys of the scope', async () => {
    databricks.put('gone', 'fake-old', 1)
    const document = { 'db-password': madeUp(), 'partner-token': madeUp() }
    const jobs = await play(document, checksum)
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
    expect(databricks.texts).toEqual(document)
    // The workspace has them in the cipher of the stand-in, which is no leak.
    const values = Object.values(document)
    expect(
      leaksOf(
        jobs.map((job) => ({ ...job, workspaceFiles: {} })),
        values,
      ),
    ).toEqual([])
    expect(Object.keys(jobs[0]?.workspaceFiles ?? {})).toEqual(['secrets/storage.yaml'])
  })

  // A program that somebody has swapped would get the key that decrypts everything.
  test('are not decrypted by a program with another checksum', async () => {
    const jobs = await play({ 'db-password': madeUp() }, '0'.repeat(64))
    expect(jobs[0]?.steps.map(({ outcome }) => outcome)).toEqual(['success', 'failure', 'skipped', 'skipped'])
    expect(databricks.workspace.requests.all).toEqual([])
  })
})
