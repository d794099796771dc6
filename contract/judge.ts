import type { Case, Need } from './cases/case.js'
import type { Client, InstalledClient } from './clients/client.js'
import { Disagreement, NotExpressible } from './verdict-errors.js'
import { World, type Plan, type Setting } from './world.js'

/** How one case went with one client on one plan. */
export interface Cell {
  readonly title: string
  readonly client: string
  readonly version: string
  readonly plan: Plan
  /** `cannot say`: the client has no words for it. `not run`: this workspace cannot be brought to it. */
  readonly verdict: 'agrees' | 'disagrees' | 'cannot say' | 'not run'
  /** What was said instead, or what was missing. */
  readonly detail?: string
}

/** What a cell is called where it stands alone, as in a transcript. */
export function nameOfCell({ client, plan, title }: Pick<Cell, 'client' | 'plan' | 'title'>): string {
  return `${client}, ${plan}, "${title}"`
}

/** A workspace for one case after the other. */
export interface Court {
  readonly plan: Plan
  /** What of the needs of cases this court can give. */
  readonly offers: ReadonlySet<Need>
  /** Makes ready for a case, has it played, and clears away what it left. */
  hear(
    concerning: { client: Client; installed: InstalledClient; trial: Case },
    play: (setting: Setting) => Promise<void>,
  ): Promise<void>
}

/**
 * Plays the cases with one client in one court.
 *
 * @throws what a case throws that is no verdict: a client that is broken says nothing of the workspace
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

/** A client that is silent where it has words on other days has met something that it cannot make sense of. */
function silence({ cannotSay }: Client, { title }: Case, what: string): Pick<Cell, 'verdict' | 'detail'> {
  const { operations, cases } = cannotSay
  if (cases.includes(title) || operations.some((operation) => operation === what)) {
    return { verdict: 'cannot say', detail: what }
  }
  return { verdict: 'disagrees', detail: `The client had no words for ${what}, but should have some.` }
}
