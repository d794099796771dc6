import type { Case, Need } from './cases/case.js'
import type { Client, InstalledClient } from './clients/client.js'
import { Disagreement, NotExpressible } from './verdict-errors.js'
import { World, type Plan, type Setting } from './world.js'

/** The result of one case with one client on one plan. */
export interface Cell {
  readonly title: string
  readonly client: string
  readonly version: string
  readonly plan: Plan
  /** `cannot say`: the client does not support it. `not run`: this workspace cannot do it. */
  readonly verdict: 'agrees' | 'disagrees' | 'cannot say' | 'not run'
  /** What the client reported instead, or what was missing. */
  readonly detail?: string
}

/** The name of a cell outside the table, such as in a transcript. */
export function nameOfCell({ client, plan, title }: Pick<Cell, 'client' | 'plan' | 'title'>): string {
  return `${client}, ${plan}, "${title}"`
}

/** A workspace that runs one case after another. */
export interface Court {
  readonly plan: Plan
  /** The requirements of cases that it fulfils. */
  readonly offers: ReadonlySet<Need>
  /** Prepares a case, runs it, and cleans up. */
  hear(
    concerning: { client: Client; installed: InstalledClient; trial: Case },
    play: (setting: Setting) => Promise<void>,
  ): Promise<void>
}

/**
 * Runs the cases with one client in one court.
 *
 * @throws every error of a case that is no verdict: a broken client proves nothing about the workspace
 */
export async function judge(
  client: Client,
  installed: InstalledClient,
  court: Court,
  cases: readonly Case[],
  onCell: (cell: Cell) => void = () => undefined,
): Promise<Cell[]> {
  const cells: Cell[] = []
  for (const trial of cases) {
    if (trial.plans !== undefined && !trial.plans.includes(court.plan)) continue
    const verdict = await verdictOn(client, installed, court, trial)
    const { version } = installed
    const cell = { title: trial.title, client: client.name, version, plan: court.plan, ...verdict }
    cells.push(cell)
    onCell(cell)
  }
  return cells
}

async function verdictOn(
  client: Client,
  installed: InstalledClient,
  court: Court,
  trial: Case,
): Promise<Pick<Cell, 'verdict' | 'detail'>> {
  const missing = (trial.needs ?? []).filter((need) => !court.offers.has(need))
  if (missing.length > 0) return { verdict: 'not run', detail: `needs ${missing.join(', ')}` }
  try {
    await court.hear({ client, installed, trial }, async (setting) => {
      const world = new World(setting)
      try {
        await trial.play(world)
      } finally {
        await world.close()
      }
    })
    if (!client.cannotSay.cases.includes(trial.title)) return { verdict: 'agrees' }
    return { verdict: 'disagrees', detail: 'The client should have no words for this, but had some.' }
  } catch (error) {
    if (error instanceof NotExpressible) return silence(client, trial, error.message)
    if (error instanceof Disagreement) return { verdict: 'disagrees', detail: error.message }
    const name = nameOfCell({ client: client.name, plan: court.plan, title: trial.title })
    throw new Error(name, { cause: error })
  }
}

/** If a client supports this elsewhere but reports nothing here, it did not understand the response. */
function silence({ cannotSay }: Client, { title }: Case, what: string): Pick<Cell, 'verdict' | 'detail'> {
  const { operations, cases } = cannotSay
  if (cases.includes(title) || operations.some((operation) => operation === what)) {
    return { verdict: 'cannot say', detail: what }
  }
  return { verdict: 'disagrees', detail: `The client had no words for ${what}, but should have some.` }
}
