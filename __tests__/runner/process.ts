import { spawn } from 'node:child_process'
import { performance } from 'node:perf_hooks'

/** How to run a process. */
export interface ProcessOptions {
  cwd: string
  /** The whole environment: nothing is inherited. */
  env: Readonly<Record<string, string>>
  /** Milliseconds after which it is killed. */
  timeoutMs: number
  /** Cancels it the runner's way when aborted. */
  cancel?: AbortSignal | undefined
  /** Ends it without a warning when aborted, as a machine that is lost does. */
  kill?: AbortSignal | undefined
}

/** How a process ended, and all that it wrote. */
export interface ProcessEnd {
  exitCode: number | null
  signal: NodeJS.Signals | null
  timedOut: boolean
  stdout: string
  stderr: string
  durationMs: number
  /** From SIGINT to its end; undefined where it was not cancelled. */
  afterCancelMs: number | undefined
}

/** After SIGINT, the runner waits so many milliseconds before SIGTERM, and so many (from SIGINT on) before the end. */
const SIGTERM_AFTER_MS = 7_500
const SIGKILL_AFTER_MS = 10_000

/** What Linux allows one variable to take in bytes: `NAME=value` and the zero byte that ends it (`MAX_ARG_STRLEN`). */
const VARIABLE_LIMIT = 131_072

/**
 * Runs a process to its end with stdin closed and its output collected as UTF-8.
 * @throws Error when it cannot be started; it names the variables that are over the limit of the system, if any is
 */
export function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessEnd> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = start(file, args, options)
    const timers: NodeJS.Timeout[] = []
    const after = (ms: number, act: () => void): void => void timers.push(setTimeout(act, ms))
    let timedOut = false

    const kill = (): void => {
      child.kill('SIGKILL')
      // A process that it left behind may hold the pipes open, and the end would never be seen.
      child.stdout.destroy()
      child.stderr.destroy()
    }
    let cancelledAt: number | undefined
    const cancel = (): void => {
      cancelledAt = performance.now()
      child.kill('SIGINT')
      after(SIGTERM_AFTER_MS, () => child.kill('SIGTERM'))
      after(SIGKILL_AFTER_MS, kill)
    }
    after(options.timeoutMs, () => {
      timedOut = true
      kill()
    })
    options.cancel?.addEventListener('abort', cancel)
    if (options.cancel?.aborted) cancel()
    options.kill?.addEventListener('abort', kill)

    const stdout = collect(child.stdout)
    const stderr = collect(child.stderr)
    const settle = (): void => {
      timers.forEach(clearTimeout)
      options.cancel?.removeEventListener('abort', cancel)
      options.kill?.removeEventListener('abort', kill)
    }
    child.on('error', (cause) => {
      settle()
      reject(new Error(`Cannot run ${file}: ${cause.message}`, { cause }))
    })
    child.on('close', (exitCode, signal) => {
      settle()
      const now = performance.now()
      const durationMs = now - started
      const afterCancelMs = cancelledAt === undefined ? undefined : now - cancelledAt
      resolve({ exitCode, signal, timedOut, stdout: stdout(), stderr: stderr(), durationMs, afterCancelMs })
    })
  })
}

function start(file: string, args: readonly string[], { cwd, env }: ProcessOptions) {
  try {
    return spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'E2BIG') throw cause
    const sizes = Object.entries(env).map(
      ([name, value]) => [name, Buffer.byteLength(`${name}=${value}\0`)] as const,
    )
    const large = sizes.filter(([, size]) => size > VARIABLE_LIMIT)
    const which = large.map(([name, size]) => `${name} takes ${size} of ${VARIABLE_LIMIT} bytes`).join(', ')
    throw new Error(`Argument list too long: ${which || 'the environment as a whole is too large'}.`, {
      cause,
    })
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}
