/** `npm run test:clients`: checks the emulator with official clients, and prints the table. */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Transcript } from '../emulator/transcript.js'
import { runCommandLine } from '../scripts/command-line.js'
import type { Case } from './cases/case.js'
import type { Client } from './clients/client.js'
import { emulatedCourt } from './emulated-court.js'
import { judge, type Cell } from './judge.js'
import { described } from './live-run.js'
import { fillPage } from './page.js'
import { isRefuted, reportOf } from './report.js'
import { CLIENT_NAMES, casesContaining, clientsNamed } from './selection.js'

const USAGE = `Usage: npm run test:clients -- [options]

  --clients a,b      only these of: ${CLIENT_NAMES}
  --cases TEXT       only cases whose title contains this
  --transcript FILE  write each exchange to FILE as a line of JSON, without values
  --write            put the table into docs/contract-results.md
  --check            fail unless docs/contract-results.md has this table

Ends with 1 if a client disagrees, cannot be installed or breaks, or if the page is another; with 2 for wrong options.
`

/** The options of a run. */
interface Arguments {
  readonly clients: readonly Client[]
  readonly cases: readonly Case[]
  readonly transcript: Transcript | undefined
  /** Whether to write or check docs/contract-results.md; undefined for neither. */
  readonly page: 'write' | 'check' | undefined
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Parses the command line. Returns undefined for --help. Throws if it is invalid. */
function readArguments(): Arguments | undefined {
  const { values } = parseArgs({
    options: {
      clients: { type: 'string' },
      cases: { type: 'string' },
      transcript: { type: 'string' },
      write: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const { write, check } = values
  if (write && check) throw new Error('--write and --check exclude each other.')
  if ((write || check) && (values.clients ?? values.cases) !== undefined) {
    throw new Error(
      'The page has the whole table: --write and --check go with neither --clients nor --cases.',
    )
  }
  return {
    clients: clientsNamed(values.clients),
    cases: casesContaining(values.cases ?? ''),
    transcript: values.transcript === undefined ? undefined : new Transcript(values.transcript),
    page: write ? 'write' : check ? 'check' : undefined,
  }
}

async function run({ clients, cases, transcript, page }: Arguments): Promise<void> {
  // Wait for all of them, so that each can end its processes, even if another one fails.
  const results = await Promise.allSettled(clients.map((client) => judgeClient(client, cases, transcript)))
  const cells = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  if (cells.length > 0) print(reportOf(cells))
  const broken = results.flatMap((result, n) =>
    result.status === 'fulfilled' ? [] : [`BROKEN: ${clients[n]?.name ?? ''}: ${described(result.reason)}`],
  )
  for (const line of broken) print(line)
  if (isRefuted(cells) || broken.length > 0) {
    if (page !== undefined)
      print('docs/contract-results.md was left alone: its table is one in which nobody disagrees.')
    process.exitCode = 1
  } else if (page !== undefined && !(await fillPage(cells, page)) && page === 'check') {
    print(
      'docs/contract-results.md has another table: run npm run test:clients -- --write, and see what has changed.',
    )
    process.exitCode = 1
  }
}

async function judgeClient(
  client: Client,
  cases: readonly Case[],
  transcript: Transcript | undefined,
): Promise<Cell[]> {
  const installed = await client.install(path.resolve(import.meta.dirname, '..', '.cache', 'clients'))
  print(`${client.name} ${installed.version}`)
  try {
    // Both to their ends: what still runs uses the client, which is about to be closed.
    const results = await Promise.allSettled(
      (['premium', 'standard'] as const).map((plan) => {
        const court = emulatedCourt(plan, (exchange, during) => transcript?.write(exchange, during))
        return judge(client, installed, court, cases)
      }),
    )
    return results.flatMap((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value
    })
  } finally {
    await installed.close()
  }
}

await runCommandLine(USAGE, readArguments, run)
