import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { madeUp } from '../examples/shown.js'
import { RUN_TYPESCRIPT } from '../runner/run-typescript.js'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const JOB = `
on: [push, pull_request]
permissions: { id-token: write, pull-requests: write }
jobs:
  sync:
    runs-on: ubuntu-latest
    environment: { name: prod }
    steps:`

const INPUTS = 'host: "${{ vars.DATABRICKS_HOST }}", client-id: "${{ vars.DATABRICKS_CLIENT_ID }}"'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'local-workflow-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const command = [...RUN_TYPESCRIPT, 'local/workflow.ts', ...args]
  const options = { env: { ...process.env, ...env } }
  return await promisify(execFile)(process.execPath, command, options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as Ended,
  )
}

/** Plays a workflow in a checkout of its own. */
async function play(workflow: string, args: readonly string[] = [], env = {}): Promise<Ended> {
  const file = path.join(folder, '.github/workflows/secrets.yml')
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, workflow)
  return await run([file, ...args], env)
}

function digestOf(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

// A new user tries the workflow of the README, and then one of their own.
describe('npm run workflow', () => {
  test('plays the quick start of the README with a value that nobody sees', async () => {
    const [, quickStart = ''] = /```yaml\n(.*?)```/s.exec(await readFile('README.md', 'utf8')) ?? []
    const value = madeUp()
    const { code, stdout, stderr } = await play(quickStart, ['--secret', 'BLOB_KEY'], { BLOB_KEY: value })
    expect(stderr).toBe('')
    expect(stdout).toContain('created  blob')
    expect(stdout).toMatch(new RegExp(`scope storage\n.* ${value.length} bytes, SHA-256 ${digestOf(value)}`))
    expect(stdout).toMatch(/ has WRITE\n/)
    expect(stdout).toContain('✔ The run succeeded.\n')
    expect(stdout).not.toContain(value)
    expect(stdout).not.toContain('made-up values')
    expect(code).toBe(0)
  })

  test('plays a plan on a pull request and its merge, with the files of the checkout and made-up values', async () => {
    await mkdir(path.join(folder, '.github'))
    await writeFile(
      path.join(folder, '.github/targets.yml'),
      'version: 1\nscopes:\n  storage:\n    secrets:\n      blob: BLOB_KEY\n    permissions:\n      team-of-mine: READ\nschemas:\n  main.a:\n    secrets:\n      b: B_KEY\n',
    )
    const inputs = `${INPUTS}, config: .github/targets.yml, secrets: "\${{ toJSON(secrets) }}"`
    const plan = `dry-run: "\${{ github.event_name == 'pull_request' }}", pr-comment: true`
    const steps = `
      - uses: actions/checkout@v6
      - uses: owner/databricks-secrets-sync@v1
        with: { ${inputs}, ${plan} }`
    const { code, stdout } = await play(JOB + steps, ['--event', 'pull_request', '--event', 'push'])
    expect(stdout).toContain('Secrets with made-up values: BLOB_KEY, B_KEY\n')
    expect(stdout).toContain('The comment on the pull request:')
    expect(stdout).toMatch(/scope storage\n\s+blob +\d+ bytes(?:.*\n)+?\s+team-of-mine has READ/)
    expect(stdout).toMatch(/schema main\.a\n\s+b +\d+ bytes/)
    expect(code).toBe(0)
  })

  // A success here would be believed on GitHub.
  test('ends with 1 if a secret fails, and names it', async () => {
    const steps = `
      - uses: owner/databricks-secrets-sync@v1
        with: { ${INPUTS}, scope: storage, secrets: "blob=\${{ secrets.BLOB_KEY }}" }`
    const { code, stdout } = await play(JOB + steps, ['--secret', 'BLOB_KEY='])
    expect(stdout).toMatch(/Error: .*\bblob\b/)
    expect(stdout).toContain('✘ The run failed.')
    expect(code).toBe(1)
  })

  test('says which steps it does not play, and goes on', async () => {
    const steps = `
      - uses: other/action@v2
      - { run: Get-Date, shell: pwsh }
      - run: echo reached`
    const { code, stdout } = await play(JOB + steps)
    expect(stdout).toContain('other/action@v2: not played')
    expect(stdout).toContain('There is no stand-in for other/action@v2. This command plays scripts of bash')
    expect(stdout).toContain('Get-Date: not played')
    expect(stdout).toMatch(/^ {2}reached$/m)
    expect(stdout).toContain('✔ The run succeeded. Steps that were not played: 2.')
    expect(code).toBe(0)
  })

  test('refuses what it cannot play at all', async () => {
    const { code, stderr } = await play(JOB.replace('runs-on', 'services: {}\n    runs-on') + ' []')
    expect(stderr).toContain('services in the job sync')
    expect(code).toBe(1)
  })

  // The name of a variable and of a file is enough to find the error.
  test.each([
    [['--secret', 'NOT_SET_ANYWHERE'], '--secret NOT_SET_ANYWHERE has no value'],
    [['--secrets-file', 'README.json'], '--secrets-file README.json is no JSON object'],
    [['--event', 'fork'], '--event is one of push'],
    [['no-such-file.yml', 'another.yml'], 'Name one workflow'],
  ])('%s: says what is wrong', async (args, message) => {
    const { code, stderr } = await run(['package.json', ...args])
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})
