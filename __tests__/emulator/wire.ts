import { afterEach } from '@jest/globals'
import { EmulatedWorkspace, type WorkspaceOptions } from '../../emulator/workspace.js'

/** What a client sees of an answer; the body as JSON where it says it is. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

const open: EmulatedWorkspace[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((workspace) => workspace.close()))
})

/** Starts a workspace that ends with the test. */
export async function start(options: WorkspaceOptions = {}): Promise<EmulatedWorkspace> {
  const workspace = await EmulatedWorkspace.start(options)
  open.push(workspace)
  return workspace
}

/** Sends a request as it is, and does not follow redirects. */
export async function send(
  workspace: EmulatedWorkspace,
  path: string,
  init: RequestInit = {},
): Promise<Answer> {
  const response = await fetch(workspace.url + path, { redirect: 'manual', ...init })
  const { status, headers } = response
  const text = await response.text()
  const isJson = headers.get('content-type') === 'application/json'
  return { status, headers, body: isJson ? (JSON.parse(text) as unknown) : text }
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
