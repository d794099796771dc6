/** `npm run bench`: how fast the action is, against what is possible and what people do without it. */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { runCommandLine } from '../scripts/command-line.js'
import { fillPlaces } from '../scripts/fill-place.js'
import { node24 } from '../scripts/node24.js'
import { Workplace } from '../scripts/workplace.js'
import { compare } from './comparison.js'
import { benchConsumers } from './consumers.js'
import type { Context } from './context.js'
import { benchErrors } from './errors.js'
import { findingsTable, type Finding } from './findings.js'
import { benchLimit } from './limit.js'
import { describeMachine } from './machine.js'
import { benchMatrix } from './matrix.js'
import { benchRate } from './rate.js'
import { findRivals } from './rivals.js'
import { benchSchema } from './schema.js'
import { benchSize } from './size.js'
import { benchStart } from './start.js'
import { benchTargets } from './targets.js'
import { benchThrottle } from './throttle.js'

const USAGE = `Usage: npm run bench -- [part ...] [options]

Measures dist as it is: build it first. Parts, all of them without any:

  start       start to first request
  limit       against a bare script that sends the same requests, and against a loop of curl
  schema      the same for a schema of Unity Catalog
  targets     ten targets of a config file against one
  consumers   the search for consumers: what it takes, and what it takes from the writes
  rate        with the default rate limit, against what it allows
  size        time, memory and processor for more secrets
  throttle    against a workspace that refuses what comes too fast
  errors      against a workspace that answers a share of the requests with 429, 503 or 403
  matrix      four jobs at once against a workspace with a rate limit
  comparison  the table: secrets by round trip, with the official clients

  --quick     a few runs of each, for who works on the benchmark
  --write     put what was measured into docs/benchmarks.md; for all parts, not quick
  --help      print this and end
`

/** The parts that find single figures. */
const PARTS: Readonly<Record<string, (context: Context) => Promise<Finding[]>>> = {
  start: benchStart,
  limit: benchLimit,
  schema: benchSchema,
  targets: benchTargets,
  consumers: benchConsumers,
  rate: benchRate,
  size: benchSize,
  throttle: benchThrottle,
  errors: benchErrors,
  matrix: benchMatrix,
}

const COMPARISON = 'comparison'
const PAGE = path.resolve(import.meta.dirname, '..', 'docs', 'benchmarks.md')

interface Arguments {
  readonly parts: readonly string[]
  readonly quick: boolean
  readonly write: boolean
}

/** Reads the command line; undefined if it asks for help. Throws an error that says what is wrong with it. */
function readArguments(): Arguments | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const { quick, write } = values
  const all = [...Object.keys(PARTS), COMPARISON]
  const unknown = positionals.find((part) => !all.includes(part))
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}: there are ${all.join(', ')}.`)
  if (write && (quick || positionals.length > 0)) {
    throw new Error('The page has all parts: --write goes with neither a part nor --quick.')
  }
  return { parts: positionals.length === 0 ? all : positionals, quick, write }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function run({ parts, quick, write }: Arguments): Promise<void> {
  const node = await node24()
  const rivals = await findRivals()
  const workplace = new Workplace('bench')
  try {
    const machine = await describeMachine(node, rivals)
    print(machine)
    const context: Context = { node, rivals, quick, folder: workplace.folder(), tell: print }
    const findings: Finding[] = []
    for (const [part, bench] of Object.entries(PARTS)) {
      if (!parts.includes(part)) continue
      const found = await bench(context)
      print(`\n${findingsTable(found)}`)
      findings.push(...found)
    }
    const comparison = parts.includes(COMPARISON) ? await compare(context) : ''
    print(`\n${comparison}`)
    if (write) await fillPlaces(PAGE, { machine, goals: findingsTable(findings), comparison }, 'write')
  } finally {
    await workplace.close()
  }
}

await runCommandLine(USAGE, readArguments, run)
