import type { Operation, OperationName } from '../operations.js'
import type { Refusal, SignInRefusal } from '../refusals.js'

/** The error that a client shows if an operation fails. Fields that the client does not have are absent. */
export interface ClientError {
  /** The class of its exception. */
  readonly kind?: string
  /** The error_code as the client has it, always as text. */
  readonly code?: string
  readonly status?: number
  /** All that it says: its exception's message, or what it printed. */
  readonly text: string
}

/** What an error has to be like. Each field that is there has to agree; `text` has to occur in the error's. */
export type ExpectedError = Partial<ClientError>

/** How an operation ended. */
export type Outcome = { readonly answer: unknown } | { readonly error: ClientError }

/** How a client gets its token itself, by the names of Databricks' unified authentication. */
export interface SignIn {
  readonly authType: 'oauth-m2m' | 'env-oidc' | 'file-oidc' | 'github-oidc'
  /** Absent for federation of the whole account. */
  readonly clientId?: string
  readonly clientSecret?: string
  /** A JWT of another issuer. */
  readonly oidcToken?: string
  /** The path of a file with one. */
  readonly oidcTokenFile?: string
  /** Where GitHub gives a job its JWT, and what the job has to show for it. */
  readonly github?: { readonly url: string; readonly requestToken: string }
  /** The audience to ask GitHub for. */
  readonly tokenAudience?: string
}

/** Where a client sends its calls, and as whom. */
export interface Target {
  /** The workspace's origin, without a slash at the end. */
  readonly url: string
  /** The token to call with, unless `signIn` is there. */
  readonly token: string
  /** How to get a token, in place of `token`. */
  readonly signIn?: SignIn
  /** The id to name on a host that serves several workspaces. */
  readonly workspaceId?: string
}

/** A client at work. */
export interface Session {
  /**
   * Carries out an operation as a user of this client would. Undefined where the client has no way to say it.
   *
   * @throws Error when the client itself is broken (it did not start, or printed unreadable output), which is never a
   * response of the workspace
   */
  call(operation: Operation): Promise<Outcome | undefined>
  /** Ends what the session has started. */
  close(): Promise<void>
}

/** A client that is installed and ready. */
export interface InstalledClient {
  /** The version that it names itself. */
  readonly version: string
  /** Opens a session; cheap, so that each case may have its own. */
  open(target: Target): Promise<Session>
  /** Ends what all sessions share. */
  close(): Promise<void>
}

/** What a client has no words for. Anything else that it does not say is a finding, and so is anything of this that it says. */
export interface Silence {
  readonly operations: readonly OperationName[]
  /** Titles of cases whose operations it has, but not in the way that the case means them. */
  readonly cases: readonly string[]
}

/** An official client, pinned to one version, and what is known of how it reports errors. */
export interface Client {
  /** Its name in the table, such as `Python SDK`. */
  readonly name: string
  /**
   * Installs the pinned version below `folder`, which stays after the run: an existing installation is used again.
   *
   * @throws Error when it cannot be installed
   */
  install(folder: string): Promise<InstalledClient>
  readonly cannotSay: Silence
  /** What the client makes of a refusal of an operation, by its own source and documents. */
  errorFor(refusal: Refusal, operation: Operation): ExpectedError
  /** What the client makes of a refusal by the token endpoint; undefined where it never asks one. */
  readonly errorForSignIn: ((refusal: SignInRefusal, signIn: SignIn) => ExpectedError) | undefined
  /** What it makes of the login page, where a host sends it that serves several workspaces; undefined where it is no error. */
  readonly errorForLoginPage: ExpectedError | undefined
  /** Whether the client takes a page without elements for the end of a list, although the page has a token for the next. */
  readonly stopsAtEmptyPages?: true
  /** Whether the client tries again after a refusal that passes, such as 429, and so never reports it. */
  retries(refusal: Refusal): boolean
}
