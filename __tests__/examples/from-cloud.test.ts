import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { playWorkflow, type PlayedJob } from '../runner/workflow/play-workflow.js'
import { MAIN, RecipeWorkspace } from './databricks.js'
import { leaksOf, madeUp, madeUpKey } from './shown.js'

let databricks: RecipeWorkspace

beforeEach(async () => {
  databricks = await RecipeWorkspace.start('storage', MAIN)
})

afterEach(async () => {
  await databricks.close()
})

/** @param aws what the program does, in bash */
async function play(aws: string): Promise<PlayedJob[]> {
  return await playWorkflow('examples/from-cloud.yml', {
    event: { name: 'schedule' },
    vars: {
      ...databricks.vars,
      AWS_REGION: 'eu-central-1',
      AWS_ROLE_ARN: 'arn:aws:iam::000000000000:role/fake',
    },
    jobVariables: databricks.idToken,
    programs: { aws },
    uses: {
      'aws-actions/configure-aws-credentials@v4': ({ with: given }) => {
        expect(given).toEqual({
          'role-to-assume': 'arn:aws:iam::000000000000:role/fake',
          'aws-region': 'eu-central-1',
        })
        return { env: { AWS_REGION: 'eu-central-1' } }
      },
    },
  })
}

describe('a document of AWS Secrets Manager', () => {
  // Nobody has told the runner of these values: what prints them before the action masks them is a leak.
  test('becomes the keys of the scope, and is not printed', async () => {
    const document = { DB_PASSWORD: madeUp(), TLS_KEY: madeUpKey() }
    const jobs = await play(`
      [ "$1 $2 $3 $4" = 'secretsmanager get-secret-value --secret-id databricks/storage' ]
      [ "$5 $6 $7 $8" = '--query SecretString --output text' ]
      cat <<'END'
${JSON.stringify(document)}
END`)
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['success'])
    expect(databricks.texts).toEqual({ 'db-password': document.DB_PASSWORD, 'tls-key': document.TLS_KEY })
    expect(leaksOf(jobs, Object.values(document))).toEqual([])
  })

  test('that AWS refuses leaves the scope unchanged', async () => {
    const jobs = await play('echo AccessDeniedException >&2; exit 254')
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['failure'])
    expect(databricks.workspace.requests.all).toEqual([])
  })
})
