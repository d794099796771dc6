import { spawn } from 'node:child_process'

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
}

/**
 * Runs a program to its end.
 *
 * @throws Error when it does not start, or does not end in time; without its arguments, which may hold a secret
 */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { env, cwd, input = Buffer.alloc(0), timeoutMs = 120_000 } = options
  return new Promise((resolve, reject) => {
    // npm is a batch file on Windows, which only a shell runs.
    const shell = process.platform === 'win32' && program === 'npm'
    const child = spawn(program, args, { env, shell, ...(cwd === undefined ? {} : { cwd }) })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    // A program that ends without reading its input is its own affair: its exit code tells.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', ({ code = '?' }: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      reject(new Error(`${program} cannot be started: ${code}`))
    })
    child.on('close', (exitCode) => {
      clearTimeout(timer)
      if (late) reject(new Error(`${program} did not end within ${timeoutMs} ms.`))
      else resolve({ exitCode, stdout: textOf(stdout), stderr: textOf(stderr) })
    })
  })
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString()
}

/** What a client may know of this machine: how to find other programs, and which certificates to trust. */
const KEPT = [
  'PATH',
  'TMPDIR',
  'SystemRoot',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
]

/**
 * The environment of a client: nothing of the settings for Databricks, Azure, Terraform or a runner that this process may
 * have, no proxy, and a home of its own.
 */
export function isolatedEnv(home: string, settings: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.includes(name)))
  return { ...kept, HOME: home, USERPROFILE: home, ...settings }
}
