/** The workspace of the benchmark, in a process of its own: what it takes of the processor is not the client's. */
import { refusal } from '../emulator/refusals.js'
import { seededRandom } from '../emulator/seeded-random.js'
import { EmulatedWorkspace } from '../emulator/workspace.js'
import { Throttle } from '../emulator/throttle.js'
import { SCHEMA } from './contenders.js'
import { madeUpConsumers } from './made-up-consumers.js'
import { nowMs, scopeNames, type Order, type Tally, type WorkspaceSettings } from './workspace-process.js'

async function serve(settings: WorkspaceSettings): Promise<void> {
  const { latencyMs, throttle, errors, scopes = 1, consumers } = settings
  let requests = 0
  let firstAtMs: number | undefined
  let lastWriteAtMs: number | undefined
  const searchedAtMs: number[] = []
  let cpu = process.cpuUsage()
  const workspace = await EmulatedWorkspace.start({
    latencyMs,
    ...(consumers !== undefined && { consumers: { content: madeUpConsumers(consumers) } }),
    // Nobody reads the log here, and it would keep all requests.
    onRequestEnd: () => {
      workspace.requests.reset()
    },
  })
  const schema = workspace.catalogs.createSchema(SCHEMA, {
    grants: { 'ada@example.com': ['USE_SCHEMA', 'CREATE_SECRET'] },
  })
  workspace.intercept(({ method, path }) => {
    const now = nowMs()
    requests++
    firstAtMs ??= now
    if (method !== 'GET') lastWriteAtMs = now
    else if (!path.includes('/secrets')) searchedAtMs.push(now)
    return undefined
  })
  const limit = new Throttle(throttle ?? {})
  workspace.intercept(limit.play)

  const random = seededRandom(1)
  workspace.intercept(({ path }) =>
    errors !== undefined && path.endsWith('/secrets/put') && random() < errors.share
      ? refusal(errors.status)
      : undefined,
  )

  process.on('message', (order: Order) => {
    if (order === 'tally') {
      const { user, system } = process.cpuUsage(cpu)
      const inScopes = workspace.store.scopes.reduce((sum, scope) => sum + scope.secrets.length, 0)
      const kept = inScopes + workspace.catalogs.size
      const search = {
        requests: searchedAtMs.length,
        ms: (searchedAtMs.at(-1) ?? 0) - (searchedAtMs[0] ?? 0),
      }
      const cpuMs = (user + system) / 1_000
      answer({ requests, firstAtMs, lastWriteAtMs, search, kept, refused: limit.refused, cpuMs })
      return
    }
    for (const { name } of workspace.store.scopes) workspace.store.deleteScope(name)
    for (const name of scopeNames(scopes)) workspace.store.createScope(name)
    schema.secrets.clear()
    requests = limit.refused = 0
    firstAtMs = lastWriteAtMs = undefined
    searchedAtMs.length = 0
    cpu = process.cpuUsage()
    answer('ready')
  })
  answer({ url: workspace.url })
}

function answer(message: Tally | { url: string } | 'ready'): void {
  process.send?.(message)
}

process.on('disconnect', () => process.exit())
await serve(JSON.parse(process.argv[2] ?? '{}') as WorkspaceSettings)
