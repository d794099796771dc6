import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { kill, run, start, type Ended, type RunOptions } from './process.js'

/** Something of a group that was killed may still be in the middle of writing a file. */
const PATIENT_REMOVAL = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 } as const

const open = new Set<Workplace>()

// After the processes, since their module has listened before this one does.
process.on('exit', () => {
  for (const workplace of open) workplace.abandon()
})

/** The processes and folders of a program. All of them are removed when it ends, in any way. */
export class Workplace {
  readonly #name: string
  readonly #over = new AbortController()
  readonly #folders = new Set<string>()
  readonly #underWay = new Set<Promise<unknown>>()

  /** @param name the start of the names of its folders */
  constructor(name: string) {
    this.#name = name
    open.add(this)
  }

  /**
   * Makes a folder that only its owner may read.
   *
   * @throws Error after `close`
   */
  folder(): string {
    if (this.#over.signal.aborted) throw new Error(`${this.#name} is closed.`)
    const folder = mkdtempSync(path.join(tmpdir(), `${this.#name}-`))
    this.#folders.add(folder)
    return folder
  }

  /** Removes a folder before the others. */
  async remove(folder: string): Promise<void> {
    await rm(folder, PATIENT_REMOVAL)
    this.#folders.delete(folder)
  }

  /** Runs a program as `run` does; throws after `close`, which also ends it. */
  async run(program: string, args: readonly string[], options: RunOptions): Promise<Ended> {
    const ended = run(program, args, { ...options, signal: this.#over.signal })
    return this.#await(ended)
  }

  /**
   * Starts a program as `start` does; `close` ends it at the latest.
   *
   * @throws Error after `close`
   */
  start(
    program: string,
    args: readonly string[],
    options: Pick<RunOptions, 'env' | 'cwd'>,
  ): ChildProcessWithoutNullStreams {
    if (this.#over.signal.aborted) throw new Error(`${this.#name} is closed.`)
    const child = start(program, args, options)
    this.#over.signal.addEventListener('abort', () => {
      kill(child)
    })
    const ended = new Promise<void>((resolve) => {
      child.on('error', () => {
        resolve()
      })
      child.on('close', resolve)
    })
    void this.#await(ended)
    return child
  }

  /** Kills what is still running, with all that it has started, and removes the folders. */
  async close(): Promise<void> {
    this.#over.abort()
    await Promise.allSettled(this.#underWay)
    for (const folder of this.#folders) await this.remove(folder)
    open.delete(this)
  }

  /** Removes the folders when there is no time for more. */
  abandon(): void {
    for (const folder of this.#folders) rmSync(folder, PATIENT_REMOVAL)
  }

  async #await<T>(ended: Promise<T>): Promise<T> {
    this.#underWay.add(ended)
    try {
      return await ended
    } finally {
      this.#underWay.delete(ended)
    }
  }
}
