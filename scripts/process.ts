import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { constants } from 'node:os'

/** How a process ended. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How a process is to be run. */
export interface RunOptions {
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  /** What it reads from its standard input, which is empty otherwise. */
  readonly input?: Buffer
  /** Milliseconds after which it is killed; default 120,000. */
  readonly timeoutMs?: number
  /** Kills it when it is aborted. */
  readonly signal?: AbortSignal
  /** Whether what it prints goes to our own output; `stdout` and `stderr` are empty then. Default false. */
  readonly shown?: boolean
}

/** Those that were started and have not ended. */
const running = new Set<ChildProcess>()

// Each is in a group of its own, which outlives us otherwise.
process.on('exit', () => {
  for (const child of running) kill(child)
})

/** Starts a program, which ends with this process at the latest, and with it all that it has started itself. */
export function start(
  program: string,
  args: readonly string[],
  { env, cwd }: Pick<RunOptions, 'env' | 'cwd'>,
): ChildProcessWithoutNullStreams {
  return listed(spawn(program, args, { env, detached: true, ...(cwd === undefined ? {} : { cwd }) }))
}

function listed<Child extends ChildProcess>(child: Child): Child {
  running.add(child)
  child.on('error', () => running.delete(child))
  child.on('close', () => running.delete(child))
  return child
}

/** Kills a process that `start` has given, and all that it has started itself. Does nothing if it has ended. */
export function kill(child: ChildProcess): void {
  if (child.pid === undefined || !running.has(child)) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The whole group has ended, but the exit event is not emitted yet.
  }
}

/** Has SIGINT, SIGTERM and SIGHUP end this process in such a way that nothing which it has started outlives it. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => process.exit(128 + constants.signals[signal]))
  }
}

/**
 * Runs a program to its end.
 *
 * @throws Error when it does not start, does not end in time, or is aborted, in which cases it and all that it has started
 * are killed; without its arguments, which may hold a secret
 */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { env, cwd, input = Buffer.alloc(0), timeoutMs = 120_000, signal, shown = false } = options
  if (signal?.aborted === true) throw new Error(`${program} was not started any more.`)
  return new Promise((resolve, reject) => {
    const spawned = { env, ...(cwd === undefined ? {} : { cwd }) }
    const child: ChildProcess = shown
      ? listed(spawn(program, args, { ...spawned, detached: true, stdio: ['pipe', 'inherit', 'inherit'] }))
      : start(program, args, spawned)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    let fate: string | undefined
    const end = (how: string) => () => {
      fate ??= how
      kill(child)
    }
    const timer = setTimeout(end(`did not end within ${timeoutMs} ms`), timeoutMs)
    const abort = end('was broken off')
    signal?.addEventListener('abort', abort)
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
    // A program may end without reading its input. Its exit code says whether it failed.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
    const settle = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    child.on('error', ({ code = '?' }: NodeJS.ErrnoException) => {
      settle()
      reject(new Error(`${program} cannot be started: ${code}`))
    })
    child.on('close', (exitCode) => {
      settle()
      if (fate !== undefined) reject(new Error(`${program} ${fate}.`))
      else resolve({ exitCode, stdout: textOf(stdout), stderr: textOf(stderr) })
    })
  })
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString()
}
