import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Outcome, Session, Target } from './client.js'

/** The SDKs themselves give up after five minutes of retries. */
const PATIENCE_MS = 330_000

interface Waiting {
  readonly resolve: (message: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * The process that an SDK works in, for all sessions: it says its version in a line of JSON, and then answers each line
 * that it is sent with one. What goes through it holds secrets, so no error of ours quotes it.
 */
export class Driver {
  readonly #name: string
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting: Waiting[] = []
  readonly #ended: Promise<unknown>
  #failure: Error | undefined
  #complaints = ''

  private constructor(name: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#name = name
    this.#child = spawn(program, args, { env })
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve))
    this.#child.on('error', ({ message }) => {
      this.#fail(`cannot be started: ${message}`)
    })
    this.#child.on('close', (code, signal) => {
      this.#fail(`ended (${code ?? signal ?? '?'}). ${this.#complaints}`)
    })
    // Writing to a process that has ended: `close` tells it better.
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaints += text))
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#receive(line)
    })
  }

  /**
   * Starts a driver.
   *
   * @param name of the client, for errors
   * @throws Error when it ends before it has said its version
   */
  static async start(
    name: string,
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Promise<{ driver: Driver; version: string }> {
    const driver = new Driver(name, program, args, env)
    const hello = (await driver.#next()) as { version?: unknown }
    if (typeof hello.version !== 'string')
      throw new Error(`The driver of the ${name} does not name its version.`)
    // From here on, a traceback or a warning of the SDK may quote a secret.
    driver.#complaints = ''
    driver.#child.stderr.removeAllListeners('data').resume()
    return { driver, version: hello.version }
  }

  /** Opens a session; the driver keeps the SDK's client for each target. */
  open({ url: host, token, workspaceId }: Target): Session {
    return {
      call: async (operation) => {
        const answer = this.#next()
        this.#child.stdin.write(`${JSON.stringify({ host, token, workspaceId, operation })}\n`)
        // An SDK may never settle (JavaScript's does not after a redirect).
        const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS)
        try {
          return this.#outcomeOf(await answer)
        } finally {
          clearTimeout(timer)
        }
      },
      close: () => Promise.resolve(),
    }
  }

  /** Ends the process, which ends when there is nothing left to read. */
  async close(): Promise<void> {
    this.#child.stdin.end()
    await this.#ended
  }

  #outcomeOf(message: unknown): Outcome | undefined {
    const said = (message ?? {}) as Record<string, unknown>
    if ('cannotSay' in said) return undefined
    if ('answer' in said || 'error' in said) return said as unknown as Outcome
    throw new Error(`The driver of the ${this.#name} printed something else than an outcome.`)
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#waiting.push({ resolve, reject })
      else reject(this.#failure)
    })
  }

  #receive(line: string): void {
    const waiting = this.#waiting.shift()
    try {
      waiting?.resolve(JSON.parse(line))
    } catch {
      waiting?.reject(new Error(`The driver of the ${this.#name} printed a line that is not JSON.`))
    }
  }

  #fail(how: string): void {
    this.#failure ??= new Error(`The driver of the ${this.#name} ${how}`)
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}
