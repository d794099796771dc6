import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Transcript } from '../emulator/transcript.js'
import type { Case } from './cases/case.js'
import type { Client, InstalledClient } from './clients/client.js'
import { judge, type Cell } from './judge.js'
import type { LiveArguments } from './live-arguments.js'
import { ScopeLeft, type LiveCourt } from './live-court.js'
import { isRefuted, reportOf } from './report.js'

/** What a run against a real workspace needs. */
export interface LiveParts {
  readonly options: LiveArguments
  readonly court: LiveCourt
  readonly transcript: Transcript
  /** Shows a text to the person who started the run. */
  readonly print: (text: string) => void
}

/** How long clients have to end; none can reach the workspace any more. */
const GRACE_MS = 3_000

const FOLDER = path.resolve(import.meta.dirname, '..', '.cache', 'clients')

/** The message of an error and those of its causes, in one line. */
export function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  return cause === undefined ? message : `${message}: ${described(cause)}`
}

/**
 * Plays the cases with one client after the other and tells what it found. However that ends (by itself, by a signal, by a
 * crash of our own), the court is closed before, which removes what the run has created.
 *
 * @returns the exit code: 0 if nothing disagrees, 130 after a signal, else 1
 */
export async function runLive(parts: LiveParts): Promise<number> {
  const { court, transcript, print, options } = parts
  const progress: Progress = { cells: [], installed: [], over: false }
  let code = 0
  try {
    await Promise.race([play(parts, progress), interruption()])
  } catch (error) {
    print(`\nThe run is broken off: ${described(error)}`)
    code = error instanceof Interrupted ? 130 : 1
  }
  progress.over = true
  const { cells, installed } = progress
  print('\nRemoving what is left of the run, once the workspace has answered ...')
  let left = 'All that the run has created is gone.'
  try {
    await court.close()
  } catch (error) {
    left = described(error)
    code = 1
  }
  await Promise.race([Promise.allSettled(installed.map((client) => client.close())), delay(GRACE_MS)])
  if (cells.length > 0) print(reportOf(cells))
  print(`${transcript.lines} exchanges are in ${options.transcript}, without values`)
  print(left)
  return code === 0 && isRefuted(cells) ? 1 : code
}

interface Progress {
  readonly cells: Cell[]
  readonly installed: InstalledClient[]
  /** Whether what is played has no meaning any more: the workspace cannot be reached. */
  over: boolean
}

class Interrupted extends Error {}

/** Never ends but by throwing. A second signal is no different: a scope that is being removed should be. */
function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        reject(new Interrupted(signal))
      })
    }
    // What comes once the run has ended changes nothing, but must not end the process before the court is closed.
    process.on('uncaughtException', reject)
  })
}

async function play({ options, court, print }: LiveParts, progress: Progress): Promise<void> {
  const { clients, cases } = options
  for (const client of clients) {
    const own = await client.install(FOLDER)
    progress.installed.push(own)
    print(`${client.name} ${own.version}`)
  }
  print(announcementOf(options))
  for (const [n, own] of [...progress.installed].entries()) {
    for (const trial of cases) {
      const cells = await hear(clients[n] as Client, own, court, trial)
      if (progress.over) return
      progress.cells.push(...cells)
    }
  }
}

/**
 * Plays one case. One that cannot be played to its end, as when the workspace refuses what prepares it, disagrees: against
 * the emulator that would be a mistake of ours, but here it may be the finding, and the other cases have to be heard too.
 */
async function hear(
  client: Client,
  installed: InstalledClient,
  court: LiveCourt,
  trial: Case,
): Promise<Cell[]> {
  try {
    return await judge(client, installed, court, [trial])
  } catch (error) {
    const { cause } = error as Error
    if (cause instanceof ScopeLeft) throw cause
    const detail = `The case could not be played to its end: ${described(cause)}`
    return [
      {
        title: trial.title,
        client: client.name,
        version: installed.version,
        plan: court.plan,
        verdict: 'disagrees',
        detail,
      },
    ]
  }
}

function announcementOf({ host, plan, scope, cases, transcript, other }: LiveArguments): string {
  const { length } = cases.filter(({ plans }) => plans?.includes(plan) ?? true)
  return [
    '',
    `Each of them plays ${length} cases against ${host}, of which is expected what the ${plan} plan does.`,
    `The scope ${scope} is created, filled and deleted for each case; no other scope is touched.`,
    ...(other === undefined ? [] : [`Some cases play as ${other.principal}.`]),
    `Each exchange goes to ${transcript}, without values.`,
  ].join('\n')
}
