import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { playWorkflow, type PlayedJob, type World } from './play-workflow.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'workflow-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** Plays jobs, as they stand below `jobs:`, for a push to main. */
async function play(jobs: string, world: Partial<World> = {}, head = 'on: { push: }'): Promise<PlayedJob[]> {
  const file = path.join(folder, 'workflow.yml')
  await writeFile(file, `${head}\npermissions: { id-token: write, issues: write }\njobs:\n${jobs}`)
  return await playWorkflow(file, { event: { name: 'push' }, ...world })
}

/** One job of these steps, each a line. */
function steps(...lines: string[]): string {
  return ['  job:', '    steps:', ...lines.map((line) => `      - ${line}`)].join('\n')
}

function outcomes(jobs: readonly PlayedJob[]): string[][] {
  return jobs.map((job) => job.steps.map(({ outcome }) => outcome))
}

function logs(jobs: readonly PlayedJob[]): string[] {
  return jobs.flatMap((job) => job.steps.map(({ result }) => result?.log ?? ''))
}

// What the player does otherwise than GitHub, every test of a recipe does not see.
describe('the steps of a job', () => {
  test('hand on variables, outputs, folders of programs and files', async () => {
    const [job] = await play(
      steps(
        '{ id: a, run: "echo A=1 >> $GITHUB_ENV; echo o=2 >> $GITHUB_OUTPUT; echo $PWD >> $GITHUB_PATH; echo kept > f" }',
        '{ env: { B: "${{ env.A }}${{ steps.a.outputs.o }}" }, run: "echo $A $B $(cat f) ${PATH%%:*} $PWD" }',
      ),
    )
    const [, second] = job?.steps ?? []
    expect(second?.result?.stdout).toMatch(/^1 12 kept (\S+) \1\n$/)
    expect(job?.workspaceFiles).toEqual({ f: 'kept\n' })
  })

  test('know the masks of those before them, and the secrets', async () => {
    const jobs = await play(
      steps('{ run: "echo ::add-mask::fake-made" }', '{ run: "echo fake-made fake-kept fake-else" }'),
      { secrets: { KEPT: 'fake-kept' } },
    )
    expect(logs(jobs)[1]).toMatch(/\*\*\* \*\*\* fake-else$/)
  })

  test('end with the first that fails, but for those that want to run', async () => {
    const jobs = await play(
      steps(
        '{ run: exit 3 }',
        '{ run: echo }',
        '{ if: always(), run: echo }',
        '{ if: failure(), run: echo }',
      ),
    )
    expect(outcomes(jobs)).toEqual([['failure', 'skipped', 'success', 'success']])
    expect(jobs[0]?.outcome).toBe('failure')
  })

  test('go on after one that may fail, and can ask how it went', async () => {
    const jobs = await play(
      steps(
        '{ id: a, run: exit 3, continue-on-error: true }',
        '{ run: "test ${{ steps.a.outcome }}-${{ steps.a.conclusion }} = failure-success" }',
      ),
    )
    expect(outcomes(jobs)).toEqual([['failure', 'success']])
    expect(jobs[0]?.outcome).toBe('success')
  })

  // A recipe whose pipe fails would be green in one of them.
  test('fail with a pipe in the shell that is asked for, and not in that of the runner', async () => {
    expect(outcomes(await play(steps('{ run: "false | true" }')))).toEqual([['success']])
    expect(outcomes(await play(steps('{ shell: bash, run: "false | true" }')))).toEqual([['failure']])
    const head = 'on: { push: }\ndefaults: { run: { shell: bash } }'
    expect(outcomes(await play(steps('{ run: "false | true" }'), {}, head))).toEqual([['failure']])
  })

  test('find the programs and the actions that the test has put there', async () => {
    const jobs = await play(
      steps('{ uses: some/action@v1, with: { a: "${{ vars.V }}" } }', '{ run: "tool $LEFT" }'),
      {
        vars: { V: 'fake-variable' },
        programs: { tool: 'echo "called with $1"' },
        uses: { 'some/action@v1': ({ with: given }) => ({ env: { LEFT: given['a'] ?? '' } }) },
      },
    )
    expect(logs(jobs)[1]).toContain('called with fake-variable')
  })
})

describe('the jobs of a workflow', () => {
  const matrix =
    '  job:\n    strategy: { matrix: { n: [1, 2, 3] } }\n    steps: [{ run: "[ ${{ matrix.n }} != 2 ]" }]\n'

  test('come once for each value of a matrix, up to the first that fails', async () => {
    const jobs = await play(matrix)
    expect(jobs.map((job) => [job.matrix['n'], job.outcome])).toEqual([
      [1, 'success'],
      [2, 'failure'],
      [3, 'skipped'],
    ])
    const all = await play(matrix.replace('{ matrix', '{ fail-fast: false, matrix'))
    expect(all.map(({ outcome }) => outcome)).toEqual(['success', 'failure', 'success'])
  })

  test('wait for those that they need', async () => {
    const after = (condition: string): string =>
      `  after:\n    needs: [job]\n${condition}    steps: [{ run: "echo \${{ needs.job.result }}" }]\n`
    expect((await play(matrix + after(''))).at(-1)?.outcome).toBe('skipped')
    const jobs = await play(matrix + after('    if: failure()\n'))
    expect(logs(jobs).at(-1)).toMatch(/\nfailure$/)
  })

  test('see the secrets of their environment alone', async () => {
    const world: Partial<World> = {
      secrets: { A: 'fake-repository', B: 'fake-b' },
      environments: { prod: { secrets: { A: 'fake-prod' } }, dev: { secrets: { C: 'fake-dev' } } },
    }
    const print = 'steps: [{ env: { S: "${{ toJSON(secrets) }}" }, run: "echo $S | tr -d e" }]'
    const [job] = await play(`  job:\n    environment: prod\n    ${print}`, world)
    expect(job?.subject).toBe('repo:owner/repo:environment:prod')
    expect(job?.steps[0]?.result?.stdout.trim()).toMatch(
      /"A": "fak-prod", "B": "fak-b", "github_tokn": "\S+" \}$/,
    )
    await expect(play(`  job:\n    environment: tset\n    ${print}`, world)).rejects.toThrow(
      'no environment tset',
    )
  })

  // A recipe that fails for every contributor would look fine.
  test('of a fork have neither secrets nor variables, and may not write', async () => {
    const world: World = {
      event: { name: 'pull_request', fromFork: true },
      secrets: { A: 'fake' },
      vars: { V: 'fake' },
    }
    const [job] = await play(
      steps('{ run: "echo [${{ secrets.A }}${{ vars.V }}]" }'),
      world,
      'on: { pull_request: }',
    )
    expect(job?.steps[0]?.result?.stdout).toBe('[]\n')
    expect(job?.permissions).toEqual({ issues: 'read' })
  })
})

describe('the player refuses', () => {
  test.each([
    ['an action without a stand-in', steps('{ uses: other/action@v1 }'), 'no stand-in for other/action@v1'],
    ['a part of a step', steps('{ run: echo, working-directory: a }'), 'working-directory in a step'],
    ['a part of a job', '  job:\n    container: node\n    steps: []', 'container in the job job'],
    ['another shell', steps('{ run: echo, shell: pwsh }'), 'the shell pwsh'],
    [
      'a matrix with exceptions',
      '  job:\n    strategy: { matrix: { a: [1], include: [{ a: 2 }] } }\n    steps: []',
      'include',
    ],
    ['a need that comes later', '  job:\n    needs: later\n    steps: []', 'no job later'],
  ])('%s', async (_, jobs, message) => {
    await expect(play(jobs)).rejects.toThrow(message)
  })

  test.each([
    ['another event', 'on: { release: }'],
    ['another branch', 'on: { push: { branches: [next] } }'],
    ['a filter that it does not know', 'on: { push: { paths: [a] } }'],
  ])('%s', async (_, head) => {
    await expect(play(steps('{ run: echo }'), {}, head)).rejects.toThrow(
      /is not started by push|filter paths/,
    )
  })
})
