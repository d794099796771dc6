import { isDeepStrictEqual } from 'node:util'
import type { EmulatedGitHub } from '../emulator/github.js'
import type { EmulatedWorkspace } from '../emulator/workspace.js'
import type {
  Client,
  ClientError,
  ExpectedError,
  InstalledClient,
  Session,
  SignIn,
  Target,
} from './clients/client.js'
import { RestCaller } from './rest-caller.js'
import { Disagreement, NotExpressible } from './verdict-errors.js'
import type { AnswerOf, ListedAcl, Operation, OperationName } from './operations.js'
import type { Refusal, SignInRefusal } from './refusals.js'

/** The pricing plans that the Secrets API distinguishes. */
export type Plan = 'premium' | 'standard'

/** What a case is played in: one client, one workspace on one plan, one scope of its own. */
export interface Setting {
  readonly client: Client
  readonly installed: InstalledClient
  readonly plan: Plan
  /** The workspace, called as a principal that can create scopes. */
  readonly target: Target
  /** The name of that principal in the workspace, if it is known in advance. */
  readonly caller?: string
  /** The same for a second principal that is not an admin and has no ACL; undefined if there is none. */
  readonly other: { readonly target: Target; readonly principal: string } | undefined
  /** The name of the scope that the case may create; it does not exist when the case begins, and is deleted after it. */
  readonly scope: string
  /** The Unity Catalog schema, `catalog.schema`, which the caller owns; undefined where there is none. */
  readonly schema?: string | undefined
  /** What the name of each secret in the schema begins with: others are none of the case's business. */
  readonly secretPrefix?: string | undefined
  /** Principals that an ACL may name. */
  readonly principals: readonly string[]
  /** The emulator, for what a real workspace cannot be asked to do; undefined against a real one. */
  readonly emulator: EmulatedWorkspace | undefined
  /** The GitHub beside it, where the case has one. */
  readonly github?: EmulatedGitHub | undefined
}

/** The setting of a case, with the questions that cases ask. */
export class World {
  readonly plan: Plan
  readonly scope: string
  readonly target: Target
  readonly principals: readonly string[]
  readonly #setting: Setting
  readonly #sessions = new Map<string, Session>()

  constructor(setting: Setting) {
    this.#setting = setting
    this.plan = setting.plan
    this.scope = setting.scope
    this.target = setting.target
    this.principals = setting.principals
  }

  /** Plain requests as the same user, to prepare and to look at what a client did. */
  get rest(): RestCaller {
    return new RestCaller(this.target)
  }

  /** The second principal. Only for cases that need it. */
  get other(): { readonly target: Target; readonly principal: string } {
    return required(this.#setting.other, 'another identity')
  }

  /** The Unity Catalog schema. Only for cases that need `schema`. */
  get schema(): string {
    return required(this.#setting.schema, 'a schema')
  }

  /** A Unity Catalog secret of the case, as an operation names it. Only for cases that need `schema`. */
  catalogSecret(name = 'secret'): { readonly schema: string; readonly name: string } {
    return { schema: this.schema, name: `${required(this.#setting.secretPrefix, 'a schema')}${name}` }
  }

  /** Creates a Unity Catalog secret with a plain request. */
  async givenCatalogSecret(name: string, value: string): Promise<void> {
    const { schema, name: whole } = this.catalogSecret(name)
    const [catalog_name, schema_name] = schema.split('.')
    await this.rest.post('/api/2.1/unity-catalog/secrets', { catalog_name, schema_name, name: whole, value })
  }

  /** The value that the workspace has of a Unity Catalog secret, by a plain request. */
  async catalogValueOf(name: string): Promise<Buffer> {
    const secret = this.catalogSecret(name)
    const path = `/api/2.1/unity-catalog/secrets/${secret.schema}.${secret.name}`
    const answer = await this.rest.get<{ effective_value?: string }>(path, { include_value: 'true' })
    return Buffer.from(answer.effective_value ?? '')
  }

  /** The emulator. Only for cases that need it. */
  get emulator(): EmulatedWorkspace {
    return required(this.#setting.emulator, 'the emulator')
  }

  /** The GitHub. Only for cases that are `besideGitHub`. */
  get github(): EmulatedGitHub {
    return required(this.#setting.github, 'a GitHub')
  }

  /** Whether the client tries again after such a refusal. */
  clientRetries(refusal: Refusal): boolean {
    return this.#setting.client.retries(refusal)
  }

  /** Whether the client takes a page without elements for the end of a list. */
  get clientStopsAtEmptyPages(): boolean {
    return this.#setting.client.stopsAtEmptyPages ?? false
  }

  /** What the workspace calls the user, by a plain request. */
  async caller(): Promise<string> {
    const { userName } = await this.rest.get<{ userName: string }>('/api/2.0/preview/scim/v2/Me')
    const { caller = userName } = this.#setting
    this.agree('the name of the caller, by a plain request', userName, caller)
    return userName
  }

  /** The ACLs of the scope, by a plain request. */
  async acls(): Promise<readonly ListedAcl[]> {
    const { items = [] } = await this.rest.get<{ items?: ListedAcl[] }>('/api/2.0/secrets/acls/list', {
      scope: this.scope,
    })
    return items
  }

  /** The scopes of that name, by a plain request. */
  async scopesListed(): Promise<readonly unknown[]> {
    const { scopes = [] } = await this.rest.get<{ scopes?: { name: string }[] }>(
      '/api/2.0/secrets/scopes/list',
    )
    return scopes.filter(({ name }) => name === this.scope)
  }

  /** Creates the scope with plain requests, as its plan wants it; with `users`, all users of the workspace manage it. */
  async givenScope(initialManagePrincipal?: 'users'): Promise<void> {
    const principal = this.plan === 'standard' ? 'users' : initialManagePrincipal
    await this.rest.post('/api/2.0/secrets/scopes/create', {
      scope: this.scope,
      ...(principal === undefined ? {} : { initial_manage_principal: principal }),
    })
  }

  /** Grants a permission with a plain request. */
  async givenAcl(principal: string, permission: string): Promise<void> {
    await this.rest.post('/api/2.0/secrets/acls/put', { scope: this.scope, principal, permission })
  }

  /** Writes a secret with a plain request. */
  async givenSecret(key: string, value: string): Promise<void> {
    await this.rest.post('/api/2.0/secrets/put', { scope: this.scope, key, string_value: value })
  }

  /** The bytes that the workspace has for a key, by a plain request. */
  async bytesOf(key: string): Promise<Buffer> {
    const { value } = await this.rest.get<{ value: string }>('/api/2.0/secrets/get', {
      scope: this.scope,
      key,
    })
    return Buffer.from(value, 'base64')
  }

  /**
   * Has the client carry out an operation, which has to succeed.
   *
   * @throws Disagreement when it fails, NotExpressible when the client cannot say it
   */
  async done<Name extends OperationName>(
    operation: Extract<Operation, { do: Name }>,
    target = this.target,
  ): Promise<AnswerOf<Name>> {
    const outcome = await this.#call(operation, target)
    if ('error' in outcome) {
      throw new Disagreement(`${operation.do} should have succeeded, but: ${JSON.stringify(outcome.error)}`)
    }
    return outcome.answer as AnswerOf<Name>
  }

  /**
   * Has the client carry out an operation that the workspace has to refuse.
   *
   * @throws Disagreement when it succeeds, or when the client reports something else than this refusal
   */
  async refused(operation: Operation, refusal: Refusal, target = this.target): Promise<void> {
    const outcome = await this.#call(operation, target)
    if (!('error' in outcome)) throw new Disagreement(`${operation.do} should have been refused.`)
    this.#compare(operation, outcome.error, this.#setting.client.errorFor(refusal, operation))
  }

  /**
   * Makes the client run an operation as a principal whose authentication the emulator refuses. The client must quote the
   * description that the emulator returned.
   *
   * @throws Disagreement as `refused` does, NotExpressible when the client does not authenticate itself
   */
  async signInRefused(
    operation: Operation,
    refusal: Omit<SignInRefusal, 'description'>,
    target: Target & { readonly signIn: SignIn },
  ): Promise<void> {
    const { errorForSignIn } = this.#setting.client
    const outcome = await this.#call(operation, target)
    if (errorForSignIn === undefined) throw new Disagreement('The client should not know how to sign in.')
    if (!('error' in outcome)) throw new Disagreement(`${operation.do} should have ended at the sign-in.`)
    const answered = this.emulator.requests.at('/oidc/v1/token').at(-1)?.reply
    const said = JSON.parse(String(answered?.body ?? '{}')) as Record<string, string>
    const { error, error_description: description = '' } = said
    this.agree('what the token endpoint answered', { status: answered?.status, error }, refusal)
    this.#compare(operation, outcome.error, errorForSignIn({ ...refusal, description }, target.signIn))
  }

  /**
   * Has the client carry out an operation that ends at the login page.
   *
   * @throws Disagreement as `refused` does, NotExpressible when the client takes it for something else
   */
  async sentToLogin(operation: Operation, target = this.target): Promise<void> {
    const expected = this.#setting.client.errorForLoginPage
    if (expected === undefined) throw new NotExpressible('the login page')
    const outcome = await this.#call(operation, target)
    if (!('error' in outcome)) throw new Disagreement(`${operation.do} should have ended at the login page.`)
    this.#compare(operation, outcome.error, expected)
  }

  /**
   * Compares the result of a client with the expected one. For the value of a secret, use `agreeOnValue`.
   *
   * @throws {Disagreement} with both
   */
  agree(what: string, found: unknown, wanted: unknown): void {
    if (isDeepStrictEqual(found, wanted)) return
    throw new Disagreement(`${what}: ${JSON.stringify(found)} should have been ${JSON.stringify(wanted)}`)
  }

  /**
   * Compares values of secrets.
   *
   * @throws {Disagreement} that says where they differ without showing them, because people paste the output of a run
   */
  agreeOnValue(what: string, found: Buffer, wanted: Buffer): void {
    if (found.equals(wanted)) return
    const at = wanted.findIndex((byte, n) => byte !== found[n])
    const where = at === -1 ? wanted.length : at
    throw new Disagreement(
      `${what}: ${found.length} bytes should have been ${wanted.length}, and differ from byte ${where} on`,
    )
  }

  /** Ends the sessions of the case. */
  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await session.close()
  }

  #compare(operation: Operation, error: ClientError, expected: ExpectedError): void {
    for (const [field, wanted] of Object.entries(expected) as [keyof typeof expected, string | number][]) {
      const agrees =
        field === 'text' ? error.text.includes(String(wanted)) : String(error[field]) === String(wanted)
      if (!agrees) {
        throw new Disagreement(
          `${operation.do}: ${field} should have been ${JSON.stringify(wanted)}: ${JSON.stringify(error)}`,
        )
      }
    }
    if (error.text.trim() === '') throw new Disagreement(`${operation.do}: the refusal has no text.`)
  }

  async #call(operation: Operation, target: Target) {
    const id = JSON.stringify(target)
    const session = this.#sessions.get(id) ?? (await this.#setting.installed.open(target))
    this.#sessions.set(id, session)
    const outcome = await session.call(operation)
    const { operations } = this.#setting.client.cannotSay
    if (outcome === undefined) throw new NotExpressible(operation.do)
    if (operations.includes(operation.do)) {
      throw new Disagreement(`The client should have no words for ${operation.do}, but had some.`)
    }
    return outcome
  }
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`A case asks for ${what}, but does not say that it needs it.`)
  return value
}
