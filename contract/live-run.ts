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
interface LiveParts {
  readonly options: LiveArguments
  readonly court: LiveCourt
  readonly transcript: Transcript
  /** Shows a text to the person who started the run. */
  readonly print: (text: string) => void
}

/** How long clients have to end; those that do not are killed when this process ends. */
const GRACE_MS = 3_000

const FOLDER = path.resolve(import.meta.dirname, '..', '.cache', 'clients')

/** The message of an error and those of its causes, in one line. */
export function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  return cause === undefined ? message : `${message}: ${described(cause)}`
}

/**
 * Runs the cases with one client after the other and reports the results. Before it ends, also after a signal or a crash, it
 * closes the court, which removes everything that the run created.
 *
 * @returns the exit code: 0 if nothing disagrees and no client breaks, 130 after a signal, else 1
 */
export async function runLive(parts: LiveParts): Promise<number> {
  const { court, transcript, print, options } = parts
  const progress: Progress = { cells: [], installed: [], broken: [], over: false }
  let code = 0
  try {
    await Promise.race([play(parts, progress), interruption()])
  } catch (error) {
    print(`\nThe run is broken off: ${described(error)}`)
    code = error instanceof Interrupted ? 130 : 1
  }
  progress.over = true
  const { cells, installed, broken } = progress
  print('\nRemoving what is left of the run, once the workspace has answered ...')
  // Clients go first: one that tries again whatever it cannot reach would do so for as long as the workspace takes.
  await Promise.race([Promise.allSettled(installed.map((client) => client.close())), delay(GRACE_MS)])
  let left = 'All that the run has created is gone.'
  try {
    await court.close()
  } catch (error) {
    left = described(error)
    code = 1
  }
  if (cells.length > 0) print(reportOf(cells))
  for (const line of broken) print(line)
  print(`${transcript.lines} exchanges are in ${options.transcript}, without values`)
  print(left)
  return code === 0 && (isRefuted(cells) || broken.length > 0) ? 1 : code
}

interface Progress {
  readonly cells: Cell[]
  readonly installed: InstalledClient[]
  /** The error of each client that could not continue. */
  readonly broken: string[]
  /** Whether the results no longer have a meaning, because the workspace cannot be reached. */
  over: boolean
}

class Interrupted extends Error {}

/** The client itself failed, which says nothing of the workspace. */
class ClientBroken extends Error {}

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
  if (cases.some(({ needs }) => needs?.includes('reads'))) {
    const refusal = await court.tryReading()
    if (refusal !== undefined && !progress.over) print(`Cases that read a secret are not played: ${refusal}`)
  }
  for (const [n, own] of [...progress.installed].entries()) {
    if (progress.over) return
    try {
      await playWith(clients[n] as Client, own, { court, cases }, progress)
    } catch (error) {
      tell(error, progress)
    }
  }
}

/** Notes that a client is broken, unless we have ended it ourselves. Throws what is no error of a client. */
function tell(error: unknown, { broken, over }: Progress): void {
  if (!(error instanceof ClientBroken)) throw error
  if (over) return
  broken.push(`BROKEN: ${error.message}, so its other cases were not played: ${described(error.cause)}`)
}

async function playWith(
  client: Client,
  installed: InstalledClient,
  { court, cases }: { readonly court: LiveCourt; readonly cases: readonly Case[] },
  progress: Progress,
): Promise<void> {
  for (const trial of cases) {
    const cells = await hear(client, telling(installed), court, trial)
    if (progress.over) return
    progress.cells.push(...cells)
  }
}

/** The client, with its own errors distinguished from those of the requests that prepare a case. */
function telling(client: InstalledClient): InstalledClient {
  const broken = (cause: unknown): never => {
    throw new ClientBroken('', { cause })
  }
  return {
    version: client.version,
    async open(target) {
      const session = await client.open(target).catch(broken)
      return {
        call: (operation) => session.call(operation).catch(broken),
        close: () => session.close(),
      }
    },
    close: () => client.close(),
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
    if (cause instanceof ClientBroken)
      throw new ClientBroken((error as Error).message, { cause: cause.cause })
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

function announcementOf({ host, plan, scope, schema, cases, transcript, other }: LiveArguments): string {
  const { length } = cases.filter(({ plans }) => plans?.includes(plan) ?? true)
  return [
    '',
    `Each of them plays ${length} cases against ${host}, of which is expected what the ${plan} plan does.`,
    `The scope ${scope} is created, filled and deleted for each case; no other scope is touched.`,
    ...(schema === undefined ? [] : [`Secrets of its own are created in the schema ${schema}, and deleted.`]),
    ...(other === undefined ? [] : [`Some cases play as ${other.principal}.`]),
    `Each exchange goes to ${transcript}, without values.`,
  ].join('\n')
}
