import { readArguments, USAGE, type Arguments } from './cli-arguments.js'
import { ApiError } from './errors.js'
import { DEFAULT_IDENTITIES, type Identity } from './identities.js'
import type { RequestRecord } from './request-log.js'
import { keyVaultNamed } from './scope.js'
import { Throttle } from './throttle.js'
import { Transcript } from './transcript.js'
import type { SchemaContent } from './unity-catalog.js'
import { EmulatedWorkspace } from './workspace.js'

function describeIdentity({ token, name, groups = [], admin = false }: Identity): string {
  const roles = [...groups.map((group) => `in ${group}`), ...(admin ? ['workspace admin'] : [])]
  return `  ${token}  ${name} (${roles.join(', ')})`
}

/** The path alone: a query or a body may hold what should not be on a screen. */
function describeRequest({ method, path, status, errorCode }: RequestRecord): string {
  return [method, path, status ?? 'no answer', ...(errorCode === undefined ? [] : [errorCode])].join(' ')
}

/** Writes a line to stdout. */
function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Creates what the arguments name. Throws ApiError for a name that Databricks would not take. */
function seed({ store, catalogs }: EmulatedWorkspace, options: Arguments): void {
  for (const name of options.keyVaultScopes) store.createScope(name, { keyVault: keyVaultNamed(name) })
  const ada = DEFAULT_IDENTITIES[0]?.name ?? ''
  const content: SchemaContent = { owner: ada, grants: { 'account users': ['USE_SCHEMA', 'CREATE_SECRET'] } }
  for (const name of [...options.schemas, ...options.externalSchemas]) {
    const isExternal = options.externalSchemas.includes(name)
    catalogs.createSchema(name, { ...content, ...(isExternal ? { externalManager: 'AZURE_KEY_VAULT' } : {}) })
  }
}

/** Starts the workspace and says how to use it; it then runs until a signal ends it. */
async function run(options: Arguments): Promise<void> {
  const { port, plan, latencyMs, throttle, maxInFlight, transcript: file } = options
  const transcript = file === undefined ? undefined : new Transcript(file)
  const workspace = await EmulatedWorkspace.start({
    port,
    plan,
    latencyMs,
    unityCatalog: { feature: options.unityCatalog },
    consumers: options.consumers,
    identities: DEFAULT_IDENTITIES,
    onRequestEnd: (request) => {
      print(describeRequest(request))
      transcript?.write(request)
      // Nobody reads the log here, and it would keep every request of a long benchmark.
      workspace.requests.reset()
    },
  })
  const limits = { perSecond: throttle || Infinity, maxInFlight: maxInFlight || Infinity }
  workspace.intercept(new Throttle(limits).play)
  const end = (): void => void workspace.close()
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  seed(workspace, options)

  print(`Databricks emulator on ${workspace.url}, ${plan} plan`)
  print('Tokens, none of them real:')
  for (const identity of DEFAULT_IDENTITIES) print(describeIdentity(identity))
  const token = DEFAULT_IDENTITIES[0]?.token ?? ''
  print('Try:')
  print(`  curl -H 'Authorization: Bearer ${token}' ${workspace.url}/api/2.0/secrets/scopes/list`)
}

function fail(error: unknown, exitCode: number): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(exitCode)
}

let options: Arguments | undefined
try {
  options = readArguments(process.argv.slice(2))
} catch (error) {
  fail(error, 2)
}
if (options === undefined) print(USAGE)
else {
  try {
    await run(options)
  } catch (error) {
    // What the workspace refuses is the name of a scope that an argument gave; anything else is the network.
    fail(error, error instanceof ApiError ? 2 : 1)
  }
}
