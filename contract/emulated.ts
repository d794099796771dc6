/** `npm run test:clients`: holds the emulator to what official clients expect of a workspace, and prints the table. */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ALL_CASES } from './cases/all.js'
import { CLIENTS } from './clients/all.js'
import type { Client } from './clients/client.js'
import { emulatedCourt } from './emulated-court.js'
import { judge, type Cell } from './judge.js'
import { countsOf, tableOf } from './table.js'

const USAGE = `Usage: npm run test:clients -- [options]

  --clients a,b   only these of: ${Object.keys(CLIENTS).join(', ')}
  --cases TEXT    only cases whose title contains this
`

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

const root = path.resolve(import.meta.dirname, '..')
const { values } = parseArgs({
  options: { clients: { type: 'string' }, cases: { type: 'string', default: '' }, help: { type: 'boolean' } },
})
if (values.help) print(USAGE)
else await run(values.clients?.split(',') ?? Object.keys(CLIENTS), values.cases)

async function run(names: readonly string[], part: string): Promise<void> {
  const cases = ALL_CASES.filter(({ title }) => title.includes(part))
  const cells = (await Promise.all(names.map((name) => judgeClient(clientOf(name), cases)))).flat()
  print(`\n${tableOf(cells)}\n`)
  for (const { title, client, plan, detail = '' } of cells.filter(({ verdict }) => verdict === 'disagrees')) {
    print(`NO: ${client}, ${plan}, "${title}"\n    ${detail}\n`)
  }
  const { agrees, disagrees, 'cannot say': silent } = countsOf(cells)
  print(`${agrees} cells agree, ${disagrees} disagree; in ${silent} the client has no words for it`)
  if (disagrees > 0) process.exitCode = 1
}

function clientOf(name: string): Client {
  const client = CLIENTS[name]
  if (client === undefined) throw new Error(`There is no client ${name}.\n\n${USAGE}`)
  return client
}

async function judgeClient(client: Client, cases: typeof ALL_CASES): Promise<Cell[]> {
  const installed = await client.install(path.join(root, '.cache', 'clients'))
  print(`${client.name} ${installed.version}`)
  try {
    const cells: Cell[] = []
    for (const plan of ['premium', 'standard'] as const) {
      cells.push(...(await judge(client, installed, emulatedCourt(plan), cases)))
    }
    return cells
  } finally {
    await installed.close()
  }
}
