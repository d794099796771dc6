/** The workspace of the benchmark, in a process of its own: what it takes of the processor is not the client's. */
import { refusal } from '../emulator/refusals.js'
import { seededRandom } from '../emulator/seeded-random.js'
import { EmulatedWorkspace } from '../emulator/workspace.js'
import { Throttle } from '../emulator/throttle.js'
import { nowMs, type Order, type Tally, type WorkspaceSettings } from './workspace-process.js'

const SCOPE = 'storage'

async function serve({ latencyMs, throttle, errors }: WorkspaceSettings): Promise<void> {
  let requests = 0
  let firstAtMs: number | undefined
  let cpu = process.cpuUsage()
  const workspace = await EmulatedWorkspace.start({
    latencyMs,
    // Nobody reads the log here, and it would keep all requests.
    onRequestEnd: () => {
      workspace.requests.reset()
    },
  })
  workspace.intercept(() => {
    requests++
    firstAtMs ??= nowMs()
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
      const kept = workspace.store.has(SCOPE) ? workspace.store.scope(SCOPE).secrets.length : 0
      answer({ requests, firstAtMs, kept, refused: limit.refused, cpuMs: (user + system) / 1_000 })
      return
    }
    if (workspace.store.has(SCOPE)) workspace.store.deleteScope(SCOPE)
    workspace.store.createScope(SCOPE)
    requests = limit.refused = 0
    firstAtMs = undefined
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
