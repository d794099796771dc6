import { EmulatedGitHub } from '../../emulator/github.js'
import type { Privilege } from '../../emulator/privileges.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import type { JobIdentity } from '../runner/workflow/play-workflow.js'

/** Whom a workspace lets in: a service principal, for jobs with this subject. */
export interface Trusted {
  readonly clientId: string
  readonly subject: string
  readonly permission: 'READ' | 'WRITE' | 'MANAGE'
}

/** The service principal of most recipes. */
const CLIENT_ID = '00000000-0000-4000-8000-0000000000a1'

/** An OAuth secret of each service principal. */
export const CLIENT_SECRET = 'fake-client-secret-of-recipes'

/** What most recipes tell to set up. */
export const PRODUCTION: Trusted = {
  clientId: CLIENT_ID,
  subject: 'repo:owner/repo:environment:production',
  permission: 'WRITE',
}

/** What most recipes tell to set up, for those without an environment. */
export const MAIN: Trusted = { ...PRODUCTION, subject: 'repo:owner/repo:ref:refs/heads/main' }

/** Who plans for pull requests, and cannot do more than that. */
export const PLANNER: Trusted = {
  clientId: '00000000-0000-4000-8000-0000000000b2',
  subject: 'repo:owner/repo:pull_request',
  permission: 'READ',
}

/** A workspace with one scope, set up as a recipe tells. */
export class RecipeWorkspace {
  readonly workspace: EmulatedWorkspace
  readonly #scope: string
  readonly #githubs: ReadonlyMap<string, EmulatedGitHub>

  private constructor(
    workspace: EmulatedWorkspace,
    scope: string,
    githubs: ReadonlyMap<string, EmulatedGitHub>,
  ) {
    this.workspace = workspace
    this.#scope = scope
    this.#githubs = githubs
  }

  /** Starts one whose scope has the permissions of the trusted service principals, and no others. */
  static async start(scope: string, ...trusted: Trusted[]): Promise<RecipeWorkspace> {
    const githubs = new Map<string, EmulatedGitHub>()
    for (const { subject } of trusted) githubs.set(subject, await EmulatedGitHub.start({ subject }))
    const workspace: EmulatedWorkspace = await EmulatedWorkspace.start({
      servicePrincipals: trusted.map(({ clientId, subject }) => {
        const { issuer, jwksUri } = githubs.get(subject) as EmulatedGitHub
        return {
          applicationId: clientId,
          clientSecrets: [CLIENT_SECRET],
          policies: [{ issuer, jwksUri, subject, audiences: ['fake-audience'] }],
        }
      }),
      discovery: 'config',
      defaultAudiences: ['fake-audience'],
      apiScopes: ['all-apis', 'secrets'],
      principals: ['analysts', 'platform-team'],
    })
    const { acls } = workspace.store.createScope(scope, { acls: {} })
    for (const { clientId, permission } of trusted) acls.set(clientId, permission)
    return new RecipeWorkspace(workspace, scope, githubs)
  }

  /** The variables that the recipes ask for. */
  get vars(): Record<'DATABRICKS_HOST' | 'DATABRICKS_CLIENT_ID', string> {
    return { DATABRICKS_HOST: this.workspace.url, DATABRICKS_CLIENT_ID: CLIENT_ID }
  }

  /** What the runner gives a job so that it can sign in: nothing without `id-token: write`. */
  readonly idToken = ({ permissions, subject }: JobIdentity): Record<string, string> =>
    permissions['id-token'] === 'write' ? { ...this.#githubs.get(subject)?.variables } : {}

  /** Puts a value past the API, so many days ago. */
  put(key: string, value: string, daysAgo: number): void {
    this.workspace.store.scope(this.#scope).put(key, value, Date.now() - daysAgo * 86_400_000)
  }

  /** Makes a schema in which the service principal of most recipes may create secrets. */
  createSchema(name: string, privileges: readonly Privilege[] = ['USE_SCHEMA', 'CREATE_SECRET']): void {
    const [catalog = ''] = name.split('.')
    // Without it, everyone may use the catalog.
    this.workspace.catalogs.createCatalog(catalog, { grants: { [CLIENT_ID]: ['USE_CATALOG'] } })
    this.workspace.catalogs.createSchema(name, { grants: { [CLIENT_ID]: privileges } })
  }

  /** A personal access token of a user who may write to the scope. */
  allowUser(): string {
    this.workspace.store.scope(this.#scope).acls.set('ada@example.com', 'WRITE')
    return 'fake-token-of-ada'
  }

  /** The bytes of every secret of the scope, by key. */
  get stored(): Record<string, Buffer> {
    return Object.fromEntries(
      this.workspace.store.scope(this.#scope).secrets.map(({ key, value }) => [key, value]),
    )
  }

  /** The same, as texts. */
  get texts(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.stored).map(([key, value]) => [key, value.toString()]))
  }

  /** Stops all that was started. */
  async close(): Promise<void> {
    await Promise.all([this.workspace, ...this.#githubs.values()].map(async (server) => server.close()))
  }
}
