import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { runScript } from './action-fixture.js'
import { colourLog } from './colour.js'
import { FAKE_GITHUB_TOKEN } from './environment.js'
import { UnexpectedStderr, runStep } from './step.js'

const PRINT_ENVIRONMENT = 'console.log(JSON.stringify(process.env))'

async function environment(step: Parameters<typeof runScript>[1]): Promise<Record<string, string>> {
  return JSON.parse((await runScript(PRINT_ENVIRONMENT, step)).stdout) as Record<string, string>
}

/** Runs something while a variable of this process has a value. */
async function withVariable<T>(name: string, value: string, run: () => Promise<T>): Promise<T> {
  const before = process.env[name]
  process.env[name] = value
  try {
    return await run()
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = before
  }
}

describe('what the action gets', () => {
  test('inputs untrimmed, hyphens kept, blanks as _, defaults as text, the rest empty', async () => {
    const env = await environment({ with: { 'secret-envs': ' a=B \n', Concurrency: '4' } })
    expect(env).toMatchObject({
      INPUT_HOST: '',
      'INPUT_SECRET-ENVS': ' a=B \n',
      INPUT_DRY_RUN: 'false',
      INPUT_CONCURRENCY: '4',
      'INPUT_GITHUB-TOKEN': FAKE_GITHUB_TOKEN,
    })
  })

  test('a given input instead of the default, however either is written', async () => {
    expect(await environment({ with: { 'dry RUN': 'true' } })).toMatchObject({ INPUT_DRY_RUN: 'true' })
  })

  test('an environment of its own: nothing of the caller, whose credentials would hide a missing input', async () => {
    const env = await withVariable('DATABRICKS_TOKEN', 'of the caller', () =>
      environment({ env: { MINE: 'x', CI: 'no' } }),
    )
    expect(env).not.toHaveProperty('DATABRICKS_TOKEN')
    expect(env).not.toHaveProperty('RUNNER_DEBUG')
    expect(env).toMatchObject({ MINE: 'x', CI: 'no', GITHUB_ACTIONS: 'true', PATH: process.env['PATH'] })
  })

  test('variables of the runner by runnerVariables, as it overwrites those in env', async () => {
    const variables = { GITHUB_EVENT_NAME: 'pull_request' }
    expect(await environment({ runnerVariables: variables })).toMatchObject(variables)
    await expect(environment({ env: variables })).rejects.toThrow(/GITHUB_EVENT_NAME in env/)
  })

  test('an event file, and the workspace to work in', async () => {
    const script = `import { readFileSync } from 'node:fs'
      console.log(process.cwd() === process.env.GITHUB_WORKSPACE, readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8'))`
    expect((await runScript(script, { event: { number: 7 } })).stdout).toBe('true {"number":7}\n')
  })

  test('a closed stdin: a read ends at once instead of hanging', async () => {
    const script = `let n = 0; for await (const chunk of process.stdin) n += chunk.length; console.log(n)`
    expect((await runScript(script)).stdout).toBe('0\n')
  })

  test('node flags', async () => {
    const nodeOptions = ['--import', 'data:text/javascript,globalThis.early=1']
    expect((await runScript('console.log(globalThis.early)', { nodeOptions })).stdout).toBe('1\n')
  })

  const onLinux = process.platform === 'linux' ? test : test.skip
  onLinux('no variable over the limit of Linux; the error names it', async () => {
    const value = (bytes: number) => ({ with: { host: 'x'.repeat(bytes - 'INPUT_HOST=\0'.length) } })
    expect((await runScript('', value(131_072))).exitCode).toBe(0)
    await expect(runScript('', value(131_073))).rejects.toThrow(/INPUT_HOST takes 131073 of 131072 bytes/)
  })
})

describe('what a person sees', () => {
  test('the header before the log: known secrets masked, values the action masks later in the open', async () => {
    const { log } = await runScript("console.log('::add-mask::later'); console.log('known later')", {
      with: { host: 'known', 'secret-envs': 'later\nsecond line' },
      env: { FOO: 'bar' },
      secrets: { A: 'known' },
    })
    expect(log).toBe(
      `Run owner/databricks-secrets-sync@v1
  with:
    host: ***
    secret-envs: later
second line
    Dry Run: false
    concurrency: 16
    github-token: ***
  env:
    FOO: bar
*** ***`,
    )
  })

  test('warnings on inputs that are not declared or deprecated', async () => {
    const { logLines, annotations } = await runScript('', { with: { hots: 'x', OLD: 'y' } })
    expect(logLines.slice(0, 2)).toEqual([
      "Warning: Input 'old' has been deprecated with message: use host",
      "Warning: Unexpected input(s) 'hots', valid inputs are ['host', 'secret-envs', 'Dry Run', 'concurrency', 'github-token', 'old']",
    ])
    expect(annotations).toHaveLength(2)
  })

  test('debug mode shows debug lines', async () => {
    const script = "console.log('::debug::' + process.env.RUNNER_DEBUG)"
    expect((await runScript(script, { debug: true })).logLines).toContain('##[debug]1')
    expect((await runScript(script)).log).not.toContain('debug]')
  })

  test('lines end at CR and LF, and the last one needs no end', async () => {
    const script = "process.stdout.write('::add-mask::s3cret\\rs3cret 1\\r\\ns3cret 2')"
    expect((await runScript(script)).logLines.slice(-2)).toEqual(['*** 1', '*** 2'])
  })

  test('colours for a terminal leave the text as it is', async () => {
    const { entries, log } = await runScript("console.log('::error::e'); console.log('text')")
    expect(colourLog(entries)).toContain('\u001B[31mError: e\u001B[0m\ntext')
    expect(log).not.toContain('\u001B')
  })
})

describe('what a later step gets', () => {
  const append = (variable: string, text: string) =>
    `(await import('node:fs')).appendFileSync(process.env.${variable}, ${text});`

  test('outputs, variables, state, paths and the summary, which is shown masked', async () => {
    const result = await runScript(
      append('GITHUB_OUTPUT', "'a<<E\\n1\\n2\\nE\\n'") +
        append('GITHUB_ENV', "'b=3\\n'") +
        append('GITHUB_STATE', "'c=4\\n'") +
        append('GITHUB_PATH', "'/x\\n'") +
        append('GITHUB_STEP_SUMMARY', "'# known\\n'"),
      { secrets: { A: 'known' } },
    )
    expect(result).toMatchObject({
      outcome: 'success',
      outputs: { a: '1\n2' },
      envChanges: { b: '3' },
      state: { c: '4' },
      path: ['/x'],
      summary: '# known\n',
      summaryShown: '# ***\n',
    })
  })

  test('a malformed file makes the step fail', async () => {
    const { outcome, exitCode, annotations } = await runScript(append('GITHUB_OUTPUT', "'no pair'"))
    expect({ outcome, exitCode }).toEqual({ outcome: 'failure', exitCode: 0 })
    expect(annotations.map(({ message }) => message)).toEqual([
      "Unable to process file command 'output' successfully.",
      "Invalid format 'no pair'",
    ])
  })

  test('a summary over 1 MiB is dropped with an error, and the step stays green', async () => {
    const sized = (bytes: number) => runScript(append('GITHUB_STEP_SUMMARY', `'x'.repeat(${bytes})`))
    expect((await sized(1_048_576)).annotations).toEqual([])
    const { outcome, summaryShown, annotations } = await sized(1_048_577)
    expect({ outcome, summaryShown }).toEqual({ outcome: 'success', summaryShown: '' })
    expect(annotations[0]?.message).toMatch(
      /upload aborted, supports content up to a size of 1024k, got 1024k/,
    )
  })
})

describe('how it ends', () => {
  test('a failure has the exit code, and no line that the real log lacks', async () => {
    const result = await runScript("console.log('::error::broken'); process.exitCode = 3")
    expect(result).toMatchObject({ outcome: 'failure', exitCode: 3, signal: null, timedOut: false })
    expect(result.logLines.at(-1)).toBe('Error: broken')
  })

  test('stderr is refused, and shown: the runner reads it ahead of the masks sent before', async () => {
    const script = "console.log('::add-mask::s3cret'); console.error('crash: s3cret')"
    await expect(runScript(script)).rejects.toThrow(UnexpectedStderr)
    await expect(runScript(script)).rejects.toThrow(/crash: s3cret/)
    const { stderr, logLines } = await runScript(script, { allowStderr: true })
    expect(stderr).toBe('crash: s3cret\n')
    expect(logLines.at(-1)).toBe('crash: s3cret')
  })

  test('a hanging action is killed at the limit', async () => {
    const result = await runScript('setInterval(() => {}, 1000)', { timeoutMs: 300 })
    expect(result).toMatchObject({ outcome: 'failure', exitCode: null, signal: 'SIGKILL', timedOut: true })
  })

  test('a cancelled one gets SIGINT first, so that it can clean up', async () => {
    const workspace = await mkdtemp(path.join(tmpdir(), 'workspace-'))
    try {
      const ready = path.join(workspace, 'ready')
      const cancel = new AbortController()
      const running = runScript(
        `import { writeFileSync } from 'node:fs'
        process.on('SIGINT', () => { console.log('cleaned up'); process.exit(1) })
        setInterval(() => {}, 1000)
        writeFileSync('ready', '')`,
        { workspace, cancel: cancel.signal },
      )
      while (!existsSync(ready)) await new Promise((resolve) => setTimeout(resolve, 10))
      cancel.abort()
      const result = await running
      expect(result).toMatchObject({ outcome: 'cancelled', exitCode: 1, stdout: 'cleaned up\n' })
      expect(result.logLines.at(-1)).toBe('Error: The operation was canceled.')
      expect(await readFile(ready, 'utf8')).toBe('') // the caller's workspace stays
    } finally {
      await rm(workspace, { recursive: true })
    }
  })

  test('nothing of it is left on the disk', async () => {
    const { stdout } = await runScript('console.log(process.env.RUNNER_TEMP)')
    expect(existsSync(path.dirname(stdout.trim()))).toBe(false)
  })

  test('an action that is not there is an error, not a green step', async () => {
    await expect(runStep({ actionFolder: path.join(tmpdir(), 'no-action-here') })).rejects.toThrow(
      /action\.yml/,
    )
    await expect(runScript('', { main: 'missing.mjs' })).rejects.toThrow(/missing\.mjs/)
  })
})

describe('node', () => {
  test('that of ACTION_NODE runs the action, and its version is shown', async () => {
    const binary = process.env['ACTION_NODE'] ?? process.execPath
    const { node, stdout } = await withVariable('ACTION_NODE', binary, () =>
      runScript('console.log(process.version)'),
    )
    expect(stdout).toBe(`${node}\n`)
  })

  test('an ACTION_NODE that cannot be run is an error that says so', async () => {
    const run = withVariable('ACTION_NODE', path.join(tmpdir(), 'no-node-here'), () => runScript(''))
    await expect(run).rejects.toThrow(/^ACTION_NODE is no node that can be run/)
  })
})
