import { randomBytes } from 'node:crypto'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { LONG_AGO, type Wanted } from './evidence.js'

/** The scope of every run. */
export const SCOPE = 'storage'

const CLIENT_ID = '00000000-0000-4000-8000-0000000000a1'

/** A workspace as it is ahead of a run, and what the run is to do there. */
export interface World {
  readonly workspace: EmulatedWorkspace
  readonly inputs: Readonly<Record<string, string>>
  readonly wanted: Wanted
}

/** A call of a run, by its name or by its path, and how often the run makes it when nothing goes wrong. */
export type Calls = Readonly<Record<string, number>>

/** A run that faults are tried on. */
export interface Run {
  readonly name: string
  readonly calls: Calls
  /** Makes its world. */
  start(): Promise<World>
}

const KEYS = Array.from({ length: 20 }, (_, n) => `key-${String(n + 1).padStart(2, '0')}`)

/** New values that nobody has seen; one of them has lines. */
function freshMap(): Record<string, string> {
  return Object.fromEntries(
    KEYS.map((key, n) => [key, `fake ${randomBytes(9).toString('hex')}${n === 3 ? '\nsecond line' : ''}`]),
  )
}

/** Puts secrets into the scope as if long ago. */
function fill({ store }: EmulatedWorkspace, secrets: Readonly<Record<string, string>>): void {
  const scope = store.has(SCOPE) ? store.scope(SCOPE) : store.createScope(SCOPE)
  for (const [key, value] of Object.entries(secrets)) scope.put(key, value, LONG_AGO)
}

function old(keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, `fake old value of ${key}`]))
}

const ADA = { token: 'fake-token-of-ada', 'if-exists': 'update' }

/** An existing scope, whose twenty secrets are all renewed; a secret of somebody else is in it. */
const UPDATE: Run = {
  name: 'update',
  calls: { 'secrets/scopes/list': 1, 'secrets/list': 1, 'secrets/put': 20 },
  async start() {
    const workspace = await EmulatedWorkspace.start()
    fill(workspace, old([...KEYS, 'of-somebody-else']))
    const wanted = { map: freshMap(), permissions: {}, prune: false, aclsOfNew: {} }
    return { workspace, inputs: { ...ADA, secrets: JSON.stringify(wanted.map) }, wanted }
  },
}

/** A scope that has to be created, on a plan. */
function create(plan: 'premium' | 'standard'): Run {
  return {
    name: `create on ${plan}`,
    calls: {
      'secrets/scopes/list': 1,
      'secrets/list': 1,
      // On the Standard plan the first is refused.
      'secrets/scopes/create': plan === 'standard' ? 2 : 1,
      'secrets/put': 20,
    },
    async start() {
      const workspace = await EmulatedWorkspace.start({ plan })
      const principal = plan === 'standard' ? 'users' : 'ada@example.com'
      const wanted = { map: freshMap(), permissions: {}, prune: false, aclsOfNew: { [principal]: 'MANAGE' } }
      return { workspace, inputs: { ...ADA, secrets: JSON.stringify(wanted.map) }, wanted }
    },
  }
}

/** All at once: signed in by a secret, with values compared and verified, old keys deleted, permissions set. */
const EVERYTHING: Run = {
  name: 'everything',
  calls: {
    '/oidc/.well-known/oauth-authorization-server': 1,
    '/oidc/v1/token': 1,
    'secrets/scopes/list': 1,
    'secrets/list': 1,
    '/api/2.0/preview/scim/v2/Me': 1,
    // Before and after.
    'secrets/acls/list': 2,
    // Fifteen to compare, ten to verify.
    'secrets/get': 25,
    'secrets/put': 10,
    'secrets/delete': 3,
    'secrets/acls/put': 2,
  },
  async start() {
    const clientSecret = `fake-secret-${randomBytes(12).toString('hex')}`
    const workspace = await EmulatedWorkspace.start({
      servicePrincipals: [{ applicationId: CLIENT_ID, clientSecrets: [clientSecret] }],
      principals: ['readers', 'writers'],
    })
    const wanted = {
      map: freshMap(),
      permissions: { readers: 'READ', writers: 'WRITE' },
      prune: true,
      aclsOfNew: {},
    }
    workspace.store.createScope(SCOPE, { acls: { [CLIENT_ID]: 'MANAGE', readers: 'WRITE' } })
    fill(workspace, Object.fromEntries(Object.entries(wanted.map).slice(0, 10)))
    fill(workspace, old([...KEYS.slice(10, 15), 'old-1', 'old-2', 'old-3']))
    const inputs = {
      'client-id': CLIENT_ID,
      'client-secret': clientSecret,
      secrets: JSON.stringify(wanted.map),
      'if-exists': 'compare',
      verify: 'true',
      prune: 'true',
      permissions: 'readers=READ\nwriters=WRITE',
    }
    return { workspace, inputs, wanted }
  },
}

/** The runs that faults are tried on. */
export const RUNS = {
  update: UPDATE,
  createOnPremium: create('premium'),
  createOnStandard: create('standard'),
  everything: EVERYTHING,
} satisfies Record<string, Run>
