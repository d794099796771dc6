import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { ThrottleOptions } from '../emulator/throttle.js'

/** How many resources may refer to secrets. */
export type ConsumerCounts = Readonly<Record<'clusters' | 'jobs' | 'pipelines' | 'servingEndpoints', number>>

/** How the workspace behaves. */
export interface WorkspaceSettings {
  /** Milliseconds from a request to its answer. */
  readonly latencyMs: number
  /** Its rate limit. Default: none. */
  readonly throttle?: Pick<ThrottleOptions, 'perSecond' | 'burst' | 'maxInFlight'>
  /** How many scopes it has, named as {@link scopeNames} has them. Default: 1. */
  readonly scopes?: number
  /** How many resources of each kind it has that may refer to secrets. Default: none. */
  readonly consumers?: ConsumerCounts
  /** The error for a random share of the puts. Default: none. */
  readonly errors?: { readonly status: 403 | 429 | 503; readonly share: number }
}

/** What the workspace counted since it was last reset. */
export interface Tally {
  readonly requests: number
  /** When it received the first request, in ms on the clock of {@link nowMs}; undefined if there was none. */
  readonly firstAtMs: number | undefined
  /** When it received the last write of a secret, on the same clock; undefined if there was none. */
  readonly lastWriteAtMs: number | undefined
  /** The requests of a search for consumers. */
  readonly search: { readonly requests: number; readonly ms: number }
  /** How many of the requests got a status 429. */
  readonly refused: number
  /** How many secrets its scopes and its schema have. */
  readonly kept: number
  /** The CPU time of its own process, user and system, in ms. */
  readonly cpuMs: number
}

/** The commands: reset to empty scopes and an empty schema, or return the tally. */
export type Order = 'get ready' | 'tally'

/** An emulated workspace in a process of its own, which ends with this one at the latest. */
export class WorkspaceProcess {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
  }

  /** @throws Error when it ends before it listens; why is on stderr */
  static async start(settings: WorkspaceSettings): Promise<WorkspaceProcess> {
    const child = fork(
      path.resolve(import.meta.dirname, 'workspace-child.ts'),
      [JSON.stringify(settings)],
      // A Ctrl-C is for us: it ends when we do.
      { execArgv: ['--import', 'tsx'], detached: true },
    )
    const { url } = (await answerOf(child)) as { url: string }
    return new WorkspaceProcess(child, url)
  }

  /** Forgets all that was, and has only empty scopes and the empty schema `main.storage`. */
  async getReady(): Promise<void> {
    await this.#ask('get ready')
  }

  /** What it has seen since then. */
  async tally(): Promise<Tally> {
    return (await this.#ask('tally')) as Tally
  }

  /** Ends it. */
  close(): void {
    this.#child.disconnect()
  }

  async #ask(order: Order): Promise<unknown> {
    const answer = answerOf(this.#child)
    this.#child.send(order)
    return await answer
  }
}

/** The names of so many scopes: `storage`, `storage-2` and so on. */
export function scopeNames(scopes: number): string[] {
  return Array.from({ length: scopes }, (_, n) => (n === 0 ? 'storage' : `storage-${n + 1}`))
}

/** Milliseconds on the clock that all processes of a machine share. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const over = new AbortController()
  const ended = once(child, 'exit', { signal: over.signal }).then(() => {
    throw new Error('The emulated workspace has ended by itself.')
  })
  try {
    return ((await Promise.race([once(child, 'message', { signal: over.signal }), ended])) as unknown[])[0]
  } finally {
    over.abort()
    await ended.catch(() => undefined)
  }
}
