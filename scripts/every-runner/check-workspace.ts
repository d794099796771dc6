/**
 * Asks the workspace for what it holds, and compares it with what make-values has made up; then looks at what each run of
 * the action has said of itself. Ends with exit code 1 when anything is not as it should be.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

import { variable } from './runner.js'

const SCOPE = 'every-runner'

const digests = JSON.parse(
  readFileSync(path.join(variable('RUNNER_TEMP'), 'digests.json'), 'utf8'),
) as Readonly<Record<string, string>>
const keys = Object.keys(digests).sort()
let wrong = 0

const { secrets } = (await call(`list?scope=${SCOPE}`)) as { secrets: { key: string }[] }
// Also that the dry run, and the run with a wrong token, have put nothing.
expect('the keys of the scope', secrets.map(({ key }) => key).sort(), keys)
for (const key of keys) {
  const { value } = (await call(`get?scope=${SCOPE}&key=${key}`)) as { value?: string }
  const stored = Buffer.from(value ?? '', 'base64')
  expect(`the digest of ${key}`, createHash('sha256').update(stored).digest('hex'), digests[key])
}

expect('created, by the first run', namesIn('SYNC_CREATED'), keys)
expect('changed, by the second run', variable('AGAIN_CHANGED'), 'false')
expect('unchanged, by the second run', namesIn('AGAIN_UNCHANGED'), keys)
expect('created, by the dry run', namesIn('DRY_RUN_CREATED'), ['never-put'])
expect('the outcome of the run with a wrong token', variable('WRONG_TOKEN_OUTCOME'), 'failure')
process.exitCode = wrong === 0 ? 0 : 1

function expect(what: string, found: unknown, expected: unknown): void {
  const right = JSON.stringify(found) === JSON.stringify(expected)
  if (!right) wrong += 1
  const line = right
    ? `ok  ${what}`
    : `::error::${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`
  process.stdout.write(`${line}\n`)
}

/** The sorted names in an output of the action. */
function namesIn(name: string): string[] {
  return (JSON.parse(variable(name) || '[]') as string[]).sort()
}

async function call(request: string): Promise<unknown> {
  const answer = await fetch(`${variable('WORKSPACE_URL')}/api/2.0/secrets/${request}`, {
    headers: { authorization: 'Bearer fake-token-of-ada' },
  })
  return await answer.json()
}
