import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { parseJson } from '../emulator/parse-json.js'
import type { Exchange } from '../emulator/transcript.js'
import type { Need } from './cases/case.js'
import { nameOfCell, type Court } from './judge.js'
import { isToUnityCatalog, LiveSchema } from './live-schema.js'
import { Recorder, type RecordedRequest } from './recorder.js'
import { RestCaller } from './rest-caller.js'
import type { Plan } from './world.js'

/** A real workspace, and what a run may do there. */
export interface LiveOptions {
  /** The workspace's origin. */
  readonly host: string
  readonly token: string
  readonly plan: Plan
  /** Whether the workspace is on Azure, where scopes may stand for a key vault. */
  readonly onAzure: boolean
  /** The scope that the run creates, fills and deletes. What else it creates has a name that begins with this one. */
  readonly scope: string
  /** The Unity Catalog schema, `catalog.schema`, in which the run may have secrets of its own; undefined for none. */
  readonly schema?: string | undefined
  /** Principals that an ACL may name. */
  readonly principals: readonly string[]
  /** A second principal that is not an admin, with its name in ACLs. */
  readonly other: { readonly token: string; readonly principal: string } | undefined
}

/** A court in a real workspace. */
export interface LiveCourt extends Court {
  /**
   * Finds out by a secret of its own whether the workspace lets secrets be read, and offers that to the cases if so.
   *
   * @returns why it does not offer it; undefined if it does
   * @throws ScopeLeft
   */
  tryReading(): Promise<string | undefined>
  /**
   * Lets nothing more reach the workspace, and deletes what is still there of the run.
   *
   * @throws ScopeLeft
   */
  close(): Promise<void>
}

/** The run may not begin; nothing was changed. */
class NotBegun extends Error {
  override readonly name = 'NotBegun'
}

/** A scope of the run may still be in the workspace: its deletion failed, and was tried several times. */
export class ScopeLeft extends Error {
  override readonly name = 'ScopeLeft'
}

const SECRETS = '/api/2.0/secrets'
const SCOPES = `${SECRETS}/scopes`

/** Pauses before the next tries to delete a scope, in milliseconds. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000]

/**
 * Opens a court in a real workspace. Each case finds the scope absent, and what it asked to create is deleted after it.
 * No request leaves that names a scope which was there before, or one whose name does not begin with the run's; the
 * clients have tokens that are good for nothing but the way through the recorder.
 *
 * @param record is called with each exchange and the name of its case
 * @throws NotBegun if the scope exists (case-insensitive), or if the workspace does not list its scopes
 */
export async function liveCourt(
  options: LiveOptions,
  record: (exchange: Exchange, during: string) => void,
): Promise<LiveCourt> {
  const { host, token, plan, onAzure, scope, principals, other } = options
  const rest = new RestCaller({ url: host, token })
  const before = await scopesBefore(rest)
  if (before.has(caseless(scope))) {
    throw new NotBegun(`There is a scope ${scope} already. It was not touched; take another --scope.`)
  }
  const own = options.schema === undefined ? undefined : new LiveSchema(options.schema, scope)
  if (own !== undefined) await checkSchema(own, rest)
  const isOwn = (name: string): boolean =>
    caseless(name).startsWith(caseless(scope)) && !before.has(caseless(name))
  const asked = new Set<string>()
  let during = ''
  const [ours, theirs] = [placeholder(), placeholder()]
  const recorder = await Recorder.start({
    workspace: host,
    tokens: new Map([[ours, token], ...(other === undefined ? [] : [[theirs, other.token] as const])]),
    mayLeave: (request) => {
      if (isToUnityCatalog(request)) return own?.mayLeave(request) ?? false
      const names = scopesNamed(request)
      if (!names.every(isOwn)) return false
      if (request.path.endsWith('/scopes/create')) for (const name of names) asked.add(name)
      return true
    },
    onExchange: (exchange) => {
      record(exchange, during)
    },
  })

  const clear = async (): Promise<void> => {
    // A creation that is still under way would come after its deletion.
    await recorder.settled()
    for (const name of asked) if (await isDeleted(rest, name)) asked.delete(name)
    const secrets = (await own?.clear((path, name) => isSecretDeleted(rest, { path, name, own }))) ?? []
    if (asked.size + secrets.length > 0) throw new ScopeLeft(farewell(host, [...asked], secrets))
  }
  const offers = new Set<Need>([
    ...(other === undefined ? [] : (['another identity'] as const)),
    ...(onAzure ? (['azure'] as const) : []),
    ...(own === undefined ? [] : (['schema'] as const)),
  ])
  return {
    plan,
    offers,
    async tryReading() {
      during = 'whether secrets can be read'
      try {
        const refusal = await refusalOfReading(new RestCaller({ url: recorder.url, token: ours }), options)
        if (refusal === undefined) offers.add('reads')
        return refusal
      } finally {
        await clear()
      }
    },
    async hear({ client, installed, trial }, play) {
      during = nameOfCell({ client: client.name, plan, title: trial.title })
      const { url } = recorder
      try {
        await play({
          client,
          installed,
          plan,
          scope,
          schema: own?.name,
          secretPrefix: own?.prefix,
          principals,
          emulator: undefined,
          target: { url, token: ours },
          other: other && { target: { url, token: theirs }, principal: other.principal },
        })
      } finally {
        await clear()
      }
    },
    async close() {
      await recorder.close()
      await clear()
    },
  }
}

/** Writes a fake secret to the scope, reads it, and returns why the read was refused; undefined if it was not. */
async function refusalOfReading(rest: RestCaller, { scope, plan }: LiveOptions): Promise<string | undefined> {
  try {
    const principal = plan === 'standard' ? { initial_manage_principal: 'users' } : {}
    await rest.post(`${SCOPES}/create`, { scope, ...principal })
    await rest.post(`${SECRETS}/put`, { scope, key: 'made-up', string_value: 'fake-value' })
  } catch {
    // The cases report this error. Without them, it would not be reported.
    return undefined
  }
  return rest.get(`${SECRETS}/get`, { scope, key: 'made-up' }).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  )
}

/** What a client takes for its token. No one else on this machine can guess it. */
function placeholder(): string {
  return `stands-for-a-token-${randomBytes(16).toString('hex')}`
}

/** Every scope that a request names, in its query or in its body. */
function scopesNamed({ query, rawBody }: RecordedRequest): string[] {
  const body = parseJson(rawBody)
  const named = typeof body === 'object' && body !== null && 'scope' in body ? body.scope : undefined
  return [...query.getAll('scope'), ...(typeof named === 'string' ? [named] : [])]
}

async function scopesBefore(rest: RestCaller): Promise<ReadonlySet<string>> {
  try {
    return await scopesOf(rest)
  } catch (error) {
    // fetch says no more than that it failed; why is in the code of its cause.
    const { message, cause } = error as Error & { cause?: { code?: string } }
    const why = cause?.code === undefined ? message : `${message}: ${cause.code}`
    throw new NotBegun(`The workspace does not list its scopes, so nothing was done: ${why}`)
  }
}

/** All scopes that the caller sees, case-insensitive. */
async function scopesOf(rest: RestCaller): Promise<Set<string>> {
  const answer = await rest.get<unknown>(`${SCOPES}/list`)
  if (typeof answer !== 'object' || answer === null) throw new Error('the answer is not JSON')
  const { scopes = [] } = answer as { scopes?: readonly { readonly name: string }[] }
  return new Set(scopes.map(({ name }) => caseless(name)))
}

/** Deletes a scope, and returns whether it is deleted. */
async function isDeleted(rest: RestCaller, scope: string): Promise<boolean> {
  for (const pause of [0, ...PAUSES_MS]) {
    await delay(pause)
    try {
      const { status, json } = await rest.send('POST', `${SCOPES}/delete`, {
        body: JSON.stringify({ scope }),
      })
      const code = (json as { error_code?: unknown } | undefined)?.error_code
      if (status === 200 || code === 'RESOURCE_DOES_NOT_EXIST') return true
      // A name that no scope can have may be refused in another way, however often it is tried.
      if (status !== 429 && status < 500) return !(await scopesOf(rest)).has(caseless(scope))
    } catch {
      // The network failed, or the listing: that may pass, like a 429.
    }
  }
  return false
}

/** Throws NotBegun unless the schema lists its secrets, and has none whose name begins with the run's prefix. */
async function checkSchema(own: LiveSchema, rest: RestCaller): Promise<void> {
  const before = await own.before(rest).catch((error: unknown) => {
    throw new NotBegun(
      `The schema ${own.name} does not list its secrets, so nothing was done: ${String(error)}`,
    )
  })
  if (before.length > 0) {
    throw new NotBegun(
      `There is a secret ${before[0] ?? ''} already. It was not touched; take another --scope.`,
    )
  }
}

/** Deletes a secret of the schema, and returns whether it is deleted. */
async function isSecretDeleted(
  rest: RestCaller,
  { path, name, own }: { readonly path: string; readonly name: string; readonly own: LiveSchema },
): Promise<boolean> {
  for (const pause of [0, ...PAUSES_MS]) {
    await delay(pause)
    try {
      const { status } = await rest.send('DELETE', path)
      if (status === 200 || status === 404) return true
      if (status !== 429 && status < 500) return !(await own.has(rest, name))
    } catch {
      // As in isDeleted.
    }
  }
  return false
}

/** For Databricks, `scope` and `SCOPE` are the same name. */
function caseless(name: string): string {
  return name.toLowerCase()
}

function farewell(host: string, scopes: readonly string[], secrets: readonly string[]): string {
  const commands = [
    ...scopes.map((scope) => `  databricks secrets delete-scope '${scope}'`),
    ...secrets.map((secret) => `  databricks secrets-uc delete-secret '${secret}'`),
  ]
  const what = [...(scopes.length === 0 ? [] : ['SCOPES']), ...(secrets.length === 0 ? [] : ['SECRETS'])]
  return [
    `${what.join(' AND ')} MAY BE LEFT in ${host}: their deletion failed, and was tried several times.`,
    'Whoever manages them, or a workspace admin, can remove them:',
    ...commands,
  ].join('\n')
}
