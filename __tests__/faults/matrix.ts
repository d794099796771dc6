/**
 * `npm run test:faults`: tries every fault at every position of a run, prints what came of it, and ends with exit code 1
 * when a report was wrong, a run hung, or a fault that passes was not got over.
 *
 * - `-- --write` puts the table into docs/faults.md.
 * - `-- --only TEXT` plays the cases alone in whose name this text is, each text where it is given more than once; if
 *   they are few, it shows the log of those that went wrong.
 * - `-- --at-once N` plays so many side by side; default 8.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { answerHelp } from '../../scripts/answer-help.js'
import { fillPlaces } from '../../scripts/fill-place.js'
import { ALL_CASES } from './all-cases.js'
import { listMistakes, playAll, type Played } from './pool.js'
import { tableOf, tallyOf } from './table.js'

const PAGE = path.resolve(import.meta.dirname, '..', '..', 'docs', 'faults.md')

/** As many cases or fewer are shown with their logs. */
const FEW = 5

/** After so many runs it says how far it is. */
const PROGRESS_EVERY = 250

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

answerHelp(`Usage: npm run test:faults [-- --write | --only TEXT ...] [--at-once N]

Tries every fault at every position of a run. --write updates docs/faults.md; --only plays the cases with TEXT in their
names; --at-once sets how many run at the same time (default 8).`)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      write: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      'at-once': { type: 'string', default: '8' },
    },
  })
  const { write, only } = values
  if (write && only.length > 0)
    throw new Error('The table is that of all cases: --write goes without --only.')
  const cases = ALL_CASES.filter(({ name }) => only.every((text) => name.includes(text)))
  const start = performance.now()
  let done = 0
  const tell = (played: Played): void => {
    const mistakes = listMistakes(played)
    if (mistakes.length > 0) {
      say([`WRONG ${played.played.name}`, ...mistakes].join('\n  '))
      if (cases.length <= FEW) say(played.verdict.step.log)
    }
    if (++done % PROGRESS_EVERY === 0) say(`${done} of ${cases.length} runs`)
  }
  const played = await playAll(cases, Number(values['at-once']), tell)
  say(tableOf(played))
  const { tried, survived, reported, wrong, hangs } = tallyOf(played)
  const seconds = Math.round((performance.now() - start) / 1_000)
  say(
    `\n${played.length} runs in ${seconds} s: ${tried} faults tried, ${survived} survived, ${reported} reported, ` +
      `${wrong} wrong, ${hangs} hangs.`,
  )
  const slowest = Math.max(0, ...played.map(({ verdict }) => verdict.step.afterCancelMs ?? 0))
  if (slowest > 0) say(`The slowest run to end after a signal took ${Math.round(slowest)} ms.`)
  const isRight = wrong === 0 && hangs === 0 && played.length > 0
  if (write && isRight) await fillPlaces(PAGE, { table: tableOf(played) }, 'write')
  return isRight ? 0 : 1
}

process.exitCode = await main()
