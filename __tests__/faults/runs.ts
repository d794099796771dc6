import { randomBytes } from 'node:crypto'
import { EmulatedGitHubApi } from '../../emulator/github-api.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { FAKE_GITHUB_TOKEN } from '../runner/environment.js'
import type { Step } from '../runner/step.js'
import { LONG_AGO, type Wanted } from './evidence.js'

/** The scope of every run. */
export const SCOPE = 'storage'

const CLIENT_ID = '00000000-0000-4000-8000-0000000000a1'

/** How many secrets a scope can hold (REST reference). */
const MAX_SECRETS = 1_000

/** A workspace as it is ahead of a run, and what the run is to do there. */
export interface World {
  readonly workspace: EmulatedWorkspace
  /** The GitHub that has the pull request of the run; undefined where it is for none. */
  readonly github?: EmulatedGitHubApi
  readonly inputs: Readonly<Record<string, string>>
  readonly step?: Omit<Step, 'with'>
  readonly wanted: Wanted
}

/** A call of a run, by its name or by its path, and how often the run makes it when nothing goes wrong. */
export type Calls = Readonly<Record<string, number>>

/** The requests to one call in a phase of a run, counted over the whole run: `first` to `last`. */
export interface Phase {
  readonly name: 'sign-in' | 'reads' | 'compare' | 'puts' | 'verify' | 'deletes' | 'permissions' | 'comment'
  readonly call: string
  readonly first: number
  readonly last: number
}

/** A run that faults are tried on. */
export interface Run {
  readonly name: string
  readonly calls: Calls
  readonly phases: readonly Phase[]
  /** Makes its world. */
  start(): Promise<World>
}

/** The keys of a map with so many. */
export function keysOf(count: number): string[] {
  const digits = Math.max(2, String(count).length)
  return Array.from({ length: count }, (_, n) => `key-${String(n + 1).padStart(digits, '0')}`)
}

/** New values that nobody has seen; one of them has lines. */
function freshMap(count: number): Record<string, string> {
  return Object.fromEntries(
    keysOf(count).map((key, n) => [
      key,
      `fake ${randomBytes(9).toString('hex')}${n === 3 ? '\nsecond line' : ''}`,
    ]),
  )
}

/** Puts secrets into the scope as if long ago. */
export function fill({ store }: EmulatedWorkspace, secrets: Readonly<Record<string, string>>): void {
  const scope = store.has(SCOPE) ? store.scope(SCOPE) : store.createScope(SCOPE)
  for (const [key, value] of Object.entries(secrets)) scope.put(key, value, LONG_AGO)
}

/** Values that the map does not have. */
export function old(keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, `fake old value of ${key}`]))
}

/** A secret that the map does not have. */
export const OF_SOMEBODY_ELSE = 'of-somebody-else'

const ADA = { token: 'fake-token-of-ada', 'if-exists': 'update' }

/** An existing scope, whose secrets are all renewed; a secret of somebody else is in it, if there is room. */
export function update(count: number): Run {
  return {
    name: nameOf('update', count),
    calls: { 'secrets/scopes/list': 1, 'secrets/list': 1, 'secrets/put': count },
    phases: [
      { name: 'reads', call: 'secrets/list', first: 1, last: 1 },
      { name: 'puts', call: 'secrets/put', first: 1, last: count },
    ],
    async start() {
      const workspace = await EmulatedWorkspace.start()
      fill(workspace, old(keysOf(count)))
      if (count < MAX_SECRETS) fill(workspace, old([OF_SOMEBODY_ELSE]))
      const wanted = { map: freshMap(count), permissions: {}, prune: false, aclsOfNew: {} }
      return { workspace, inputs: { ...ADA, secrets: JSON.stringify(wanted.map) }, wanted }
    },
  }
}

/** The cases of twenty keys are named without a number. */
function nameOf(name: string, count: number): string {
  return count === 20 ? name : `${name} of ${count} keys`
}

/** A scope of twenty keys that has to be created, on a plan. */
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
    phases: [],
    async start() {
      const workspace = await EmulatedWorkspace.start({ plan })
      const principal = plan === 'standard' ? 'users' : 'ada@example.com'
      const wanted = {
        map: freshMap(20),
        permissions: {},
        prune: false,
        aclsOfNew: { [principal]: 'MANAGE' },
      }
      return { workspace, inputs: { ...ADA, secrets: JSON.stringify(wanted.map) }, wanted }
    },
  }
}

/** How many keys of a map are in the scope already, with its value or with an old one, and how many others are deleted. */
function shares(count: number): { map: number; same: number; old: number; deletes: number } {
  const deletes = Math.round(count * 0.15)
  // The scope holds the keys to delete, too, until the end.
  const map = Math.min(count, MAX_SECRETS - deletes)
  return { map, same: Math.floor(map / 2), old: Math.floor(map / 4), deletes }
}

/**
 * All at once: signed in by a secret, with values compared and verified, old keys deleted, permissions set.
 *
 * @param count How many keys: of the map, or, where a scope cannot hold more, of the map and to delete.
 */
export function everything(count: number): Run {
  const { map, same, old: renewed, deletes } = shares(count)
  const [compared, puts] = [same + renewed, map - same]
  return {
    name: nameOf('everything', count),
    calls: {
      '/.well-known/databricks-config': 1,
      '/oidc/.well-known/oauth-authorization-server': 1,
      '/oidc/v1/token': 1,
      'secrets/scopes/list': 1,
      'secrets/list': 1,
      '/api/2.0/preview/scim/v2/Me': 1,
      // Before and after.
      'secrets/acls/list': 2,
      'secrets/get': compared + puts,
      'secrets/put': puts,
      'secrets/delete': deletes,
      'secrets/acls/put': 2,
    },
    phases: [
      ...SIGN_IN,
      ...READS,
      { name: 'reads', call: '/api/2.0/preview/scim/v2/Me', first: 1, last: 1 },
      { name: 'reads', call: 'secrets/acls/list', first: 1, last: 1 },
      { name: 'compare', call: 'secrets/get', first: 1, last: compared },
      { name: 'puts', call: 'secrets/put', first: 1, last: puts },
      { name: 'verify', call: 'secrets/get', first: compared + 1, last: compared + puts },
      { name: 'deletes', call: 'secrets/delete', first: 1, last: deletes },
      { name: 'permissions', call: 'secrets/acls/put', first: 1, last: 2 },
      { name: 'permissions', call: 'secrets/acls/list', first: 2, last: 2 },
    ],
    async start() {
      const world = await startEverything(count)
      const wanted = { ...world.wanted, permissions: { readers: 'READ', writers: 'WRITE' } }
      const inputs = { ...world.inputs, verify: 'true', permissions: 'readers=READ\nwriters=WRITE' }
      return { ...world, wanted, inputs }
    },
  }
}

const SIGN_IN: readonly Phase[] = [
  { name: 'sign-in', call: '/.well-known/databricks-config', first: 1, last: 1 },
  { name: 'sign-in', call: '/oidc/.well-known/oauth-authorization-server', first: 1, last: 1 },
  { name: 'sign-in', call: '/oidc/v1/token', first: 1, last: 1 },
]

const READS: readonly Phase[] = [
  { name: 'reads', call: 'secrets/scopes/list', first: 1, last: 1 },
  { name: 'reads', call: 'secrets/list', first: 1, last: 1 },
]

async function startEverything(count: number): Promise<World> {
  const { map, same, old: renewed, deletes } = shares(count)
  const clientSecret = `fake-secret-${randomBytes(12).toString('hex')}`
  const workspace = await EmulatedWorkspace.start({
    servicePrincipals: [{ applicationId: CLIENT_ID, clientSecrets: [clientSecret] }],
    principals: ['readers', 'writers'],
    discovery: 'config',
    workspaceId: '1234567890',
  })
  const wanted = { map: freshMap(map), permissions: {}, prune: true, aclsOfNew: { [CLIENT_ID]: 'MANAGE' } }
  const present = keysOf(map).slice(same, same + renewed)
  const toDelete = Array.from({ length: deletes }, (_, n) => `old-${n + 1}`)
  workspace.store.createScope(SCOPE, { acls: { [CLIENT_ID]: 'MANAGE', readers: 'WRITE' } })
  fill(workspace, Object.fromEntries(Object.entries(wanted.map).slice(0, same)))
  fill(workspace, old([...present, ...toDelete]))
  const inputs = {
    'client-id': CLIENT_ID,
    'client-secret': clientSecret,
    'workspace-id': '1234567890',
    secrets: JSON.stringify(wanted.map),
    'if-exists': 'compare',
    prune: 'true',
    'prune-limit': String(deletes),
  }
  return { workspace, inputs, wanted }
}

const REPOSITORY = { repo: { full_name: 'owner/repo' } }
const PULL_REQUEST = { number: 7, pull_request: { number: 7, head: REPOSITORY, base: REPOSITORY } }

/** The same as a dry run, whose plan goes into a comment on a pull request. */
export function dryRun(count: number): Run {
  const { same, old: renewed } = shares(count)
  return {
    name: nameOf('dry run', count),
    calls: { 'secrets/get': same + renewed, '/graphql': 2 },
    phases: [
      { name: 'compare', call: 'secrets/get', first: 1, last: same + renewed },
      // It looks for a comment, and writes one.
      { name: 'comment', call: '/graphql', first: 1, last: 2 },
    ],
    async start() {
      const world = await startEverything(count)
      const accounts = { [FAKE_GITHUB_TOKEN]: { login: 'github-actions[bot]', access: 'write' } } as const
      const github = await EmulatedGitHubApi.start({ accounts })
      return {
        ...world,
        github,
        wanted: { ...world.wanted, dryRun: true },
        inputs: { ...world.inputs, 'dry-run': 'true', 'pr-comment': 'true' },
        step: {
          event: PULL_REQUEST,
          runnerVariables: { GITHUB_EVENT_NAME: 'pull_request', ...github.variables },
        },
      }
    },
  }
}

/** The runs of twenty keys. */
export const RUNS = {
  update: update(20),
  createOnPremium: create('premium'),
  createOnStandard: create('standard'),
  everything: everything(20),
} satisfies Record<string, Run>
