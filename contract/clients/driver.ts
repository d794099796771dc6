import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { isolatedEnv } from '../../scripts/environment.js'
import { kill } from '../../scripts/process.js'
import { Workplace } from '../../scripts/workplace.js'
import type { InstalledClient, Outcome, Session, Target } from './client.js'

/** The SDKs stop retrying after five minutes. */
const PATIENCE_MS = 330_000

/** How long a driver may run after its input has ended. A call that never settles would keep it running. */
const FAREWELL_MS = 2_000

/** A program that runs an SDK for `Driver`. */
export interface DriverProgram {
  readonly program: string
  readonly args: readonly string[]
  /** Its environment, without HOME. */
  readonly settings?: NodeJS.ProcessEnv
}

/**
 * Returns a client that runs an SDK in one process for all sessions.
 *
 * @param name of the client, for errors
 * @throws Error if the driver does not print its version
 */
export async function driverClient(
  name: string,
  { program, args, settings }: DriverProgram,
): Promise<InstalledClient> {
  const workplace = new Workplace('sdk-driver')
  // An empty home directory, because an SDK would read ~/.databrickscfg.
  const env = isolatedEnv(workplace.folder(), settings)
  try {
    const { driver, version } = await Driver.start(name, workplace.start(program, args, { env }))
    return {
      version,
      open: (target) => Promise.resolve(driver.open(target)),
      async close() {
        await driver.close()
        await workplace.close()
      },
    }
  } catch (error) {
    await workplace.close()
    throw error
  }
}

interface Waiting {
  readonly resolve: (message: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * The process of an SDK, for all sessions. It prints its version as a line of JSON. Then it writes one line for each line that
 * it reads. These lines contain secrets, so no error quotes them.
 */
class Driver {
  readonly #name: string
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting: Waiting[] = []
  readonly #ended: Promise<unknown>
  #failure: Error | undefined
  #complaints = ''

  private constructor(name: string, child: ChildProcessWithoutNullStreams) {
    this.#name = name
    this.#child = child
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve))
    this.#child.on('error', ({ message }) => {
      this.#fail(`cannot be started: ${message}`)
    })
    this.#child.on('close', (code, signal) => {
      this.#fail(`ended (${code ?? signal ?? '?'}). ${this.#complaints}`)
    })
    // An error of writing to an ended process. `close` reports it better.
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaints += text))
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#receive(line)
    })
  }

  /** Waits for the version of a new driver. Throws if the driver ends first. */
  static async start(
    name: string,
    child: ChildProcessWithoutNullStreams,
  ): Promise<{ driver: Driver; version: string }> {
    const driver = new Driver(name, child)
    const hello = (await driver.#next()) as { version?: unknown }
    if (typeof hello.version !== 'string')
      throw new Error(`The driver of the ${name} does not name its version.`)
    // After this, a traceback or a warning of the SDK may contain a secret.
    driver.#complaints = ''
    driver.#child.stderr.removeAllListeners('data').resume()
    return { driver, version: hello.version }
  }

  /** Opens a session. The driver keeps one SDK client for each target. */
  open({ url: host, token, signIn, workspaceId }: Target): Session {
    return {
      call: async (operation) => {
        const answer = this.#next()
        this.#child.stdin.write(`${JSON.stringify({ host, token, signIn, workspaceId, operation })}\n`)
        // A call of an SDK may never settle (JavaScript: after a redirect).
        const timer = setTimeout(() => {
          kill(this.#child)
        }, PATIENCE_MS)
        try {
          return this.#outcomeOf(await answer)
        } finally {
          clearTimeout(timer)
        }
      },
      close: () => Promise.resolve(),
    }
  }

  /** Ends the process, and waits a short time for it. */
  async close(): Promise<void> {
    this.#child.stdin.end()
    await Promise.race([this.#ended, delay(FAREWELL_MS, undefined, { ref: false })])
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
