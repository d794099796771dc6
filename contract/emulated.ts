/** `npm run test:clients`: holds the emulator to what official clients expect of a workspace, and prints the table. */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Transcript } from '../emulator/transcript.js'
import type { Client } from './clients/client.js'
import { emulatedCourt } from './emulated-court.js'
import { judge, type Cell } from './judge.js'
import { writePage } from './page.js'
import { isRefuted, reportOf } from './report.js'
import { CLIENT_NAMES, casesContaining, clientsNamed } from './selection.js'

const USAGE = `Usage: npm run test:clients -- [options]

  --clients a,b      only these of: ${CLIENT_NAMES}
  --cases TEXT       only cases whose title contains this
  --transcript FILE  write each exchange to FILE as a line of JSON, without values
  --write            put the table into docs/contract.md
`

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

const root = path.resolve(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    clients: { type: 'string' },
    cases: { type: 'string', default: '' },
    transcript: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
})
if (values.help) print(USAGE)
else await run()

async function run(): Promise<void> {
  const clients = clientsNamed(values.clients)
  const transcript = values.transcript === undefined ? undefined : new Transcript(values.transcript)
  const cells = (
    await Promise.all(clients.map((client) => judgeClient(client, values.cases, transcript)))
  ).flat()
  print(reportOf(cells))
  if (values.write) await writePage(cells)
  if (isRefuted(cells)) process.exitCode = 1
}

async function judgeClient(client: Client, part: string, transcript?: Transcript): Promise<Cell[]> {
  const cases = casesContaining(part)
  const installed = await client.install(path.join(root, '.cache', 'clients'))
  print(`${client.name} ${installed.version}`)
  try {
    const cells: Cell[] = []
    for (const plan of ['premium', 'standard'] as const) {
      const court = emulatedCourt(plan, (exchange, during) => transcript?.write(exchange, during))
      cells.push(...(await judge(client, installed, court, cases)))
    }
    return cells
  } finally {
    await installed.close()
  }
}
