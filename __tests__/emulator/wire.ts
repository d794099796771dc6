import { afterEach } from '@jest/globals'
import { EmulatedWorkspace, type WorkspaceOptions } from '../../emulator/workspace.js'

/** What a client sees of an answer; the body as JSON where it says it is. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

/** Has a server end with the test. */
export function closing<Server extends { close(): Promise<void> }>(server: Server): Server {
  open.push(server)
  return server
}

/** Starts a workspace that ends with the test. */
export async function start(options: WorkspaceOptions = {}): Promise<EmulatedWorkspace> {
  return closing(await EmulatedWorkspace.start(options))
}

/** A clock that stands until it is moved; it starts at a whole second. */
export class Clock {
  #now = Date.UTC(2026, 0, 31, 12)

  /** For the option `clock` of a server. */
  readonly now = (): number => this.#now

  /** Moves it ahead. */
  pass(seconds: number): void {
    this.#now += seconds * 1_000
  }
}

/** Sends a request as it is, and does not follow redirects. */
export async function send(
  server: Pick<EmulatedWorkspace, 'url'>,
  path: string,
  init: RequestInit = {},
): Promise<Answer> {
  const response = await fetch(server.url + path, { redirect: 'manual', ...init })
  const { status, headers } = response
  const text = await response.text()
  const isJson = headers.get('content-type') === 'application/json'
  return { status, headers, body: isJson ? (JSON.parse(text) as unknown) : text }
}

/** Posts a form; fields that are undefined are left out. */
export async function postForm(
  server: Pick<EmulatedWorkspace, 'url'>,
  path: string,
  fields: Readonly<Record<string, string | undefined>>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
  return await send(server, path, { method: 'POST', headers, body: new URLSearchParams(given) })
}

/** What HTTP Basic sends for a client, as in RFC 6749, 2.3.1. */
export function basic(id: string, secret: string): Record<string, string> {
  const encoded = [id, secret].map((text) => new URLSearchParams({ text }).toString().slice('text='.length))
  return { authorization: `Basic ${Buffer.from(encoded.join(':')).toString('base64')}` }
}

/** Lists the scopes of a workspace with the access token that an answer holds. */
export async function listWith(workspace: EmulatedWorkspace, { body }: Answer): Promise<Answer> {
  const { access_token: token } = body as { access_token: string }
  return await send(workspace, '/api/2.0/secrets/scopes/list', {
    headers: { authorization: `Bearer ${token}` },
  })
}

/** Makes a call of the API, such as `secrets/get`, as one of the default identities (`ada`, `grace`, `ci`, `root`). */
export type Caller = (path: string, fields?: object | string) => Promise<Answer>

/** Somebody's GET calls, the fields in the query. */
export function getting(workspace: EmulatedWorkspace, who = 'ada'): Caller {
  return (path, fields = {}) => {
    const query = new URLSearchParams(fields as Record<string, string>).toString()
    return send(workspace, `/api/2.0/${path}?${query}`, { headers: authorization(who) })
  }
}

/** Somebody's POST calls, the fields in the body; a string is sent as it is. */
export function posting(workspace: EmulatedWorkspace, who = 'ada'): Caller {
  return (path, fields = {}) => {
    const body = typeof fields === 'string' ? fields : JSON.stringify(fields)
    return send(workspace, `/api/2.0/${path}`, { method: 'POST', body, headers: authorization(who) })
  }
}

/** Makes a call of Unity Catalog, such as `PATCH secrets/main.storage.key`, with a body if there is one. */
export type CatalogCaller = (call: string, body?: object | string) => Promise<Answer>

/** Somebody's calls of Unity Catalog; a query is part of the path, and a string is sent as it is. */
export function catalogCalls(workspace: Pick<EmulatedWorkspace, 'url'>, who = 'ada'): CatalogCaller {
  return (call, body) => {
    const [method = '', path = ''] = call.split(/ (.*)/s)
    return send(workspace, `/api/2.1/unity-catalog/${path}`, {
      method,
      headers: authorization(who),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  }
}

/** The header of one of the default identities. */
export function authorization(who: string): Record<string, string> {
  return { authorization: `Bearer fake-token-of-${who}` }
}

/** A promise and what fulfils it. */
export function signal(): { readonly given: Promise<void>; give: () => void } {
  let give = (): void => undefined
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}
