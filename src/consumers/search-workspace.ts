import { isTransient } from '../databricks/http/transient-error.js'
import type { JsonObject } from '../databricks/response.js'
import type { WorkspaceClient } from '../databricks/workspace-client.js'
import { WorkspaceError } from '../databricks/workspace-error.js'
import { mapWithLimit } from '../sync/map-with-limit.js'
import type { Consumer, KindStatus } from './consumer.js'
import type { ConsumerFindings, Findings } from './findings.js'
import type { Read, WorkspaceKind } from './workspace-kind.js'

/** The most pages of one list. A server that sends pages forever must not hold up the run. */
const MAX_PAGES = 20_000

/**
 * Searches all items of one kind. Requests are sent in the background. Pages are read one after the other, and let go once
 * they are searched. Never throws.
 */
export async function searchKind(
  client: WorkspaceClient,
  kind: WorkspaceKind,
  findings: Findings,
): Promise<KindStatus> {
  const counts = { items: 0, notSearched: 0 }
  try {
    for await (const page of readPages(client, kind.list, kind.list.page)) {
      const { items } = kind.list
      const listed = items === undefined ? [page] : objectsIn(page[items])
      const errors: unknown[] = []
      await mapWithLimit(listed, async (item) => {
        if (errors.length > 0) return
        await searchItem(client, kind, item, findings, counts).catch((error: unknown) => {
          errors.push(error)
        })
      })
      if (errors.length > 0) return statusOf(errors[0], counts.items)
    }
    return { status: 'searched', ...counts, truncated: false }
  } catch (error) {
    return statusOf(error, counts.items)
  }
}

/** @throws {WorkspaceError} if the rest of this kind cannot be read either. */
async function searchItem(
  client: WorkspaceClient,
  kind: WorkspaceKind,
  item: JsonObject,
  findings: Findings,
  counts: { items: number; notSearched: number },
): Promise<void> {
  const id = idOf(kind.id(item))
  let found: ConsumerFindings | undefined
  const search = (whole: JsonObject): void => {
    found ??= findings.of(consumerOf(kind, whole, id))
    for (const field of kind.fields(whole)) found.addField(field)
  }
  const details = id === UNKNOWN_ID ? undefined : kind.details?.(item, id)
  // What the list has of the item is searched even if nothing more can be read.
  if (details === undefined || kind.kind === 'job') search(item)
  try {
    if (id === UNKNOWN_ID && kind.details !== undefined) throw new WorkspaceError('unexpected-response')
    if (details !== undefined) for await (const page of readPages(client, details)) search(page)
    counts.items++
  } catch (error) {
    if (!(error instanceof WorkspaceError) || concernsAll(error)) throw error
    // It was deleted since the list was read.
    if (error.details.status !== 404) counts.notSearched++
  }
}

/** Reads the pages of a response. A page that is too long is read again at half its size. */
async function* readPages(
  client: WorkspaceClient,
  { call, path, query = [] }: Read,
  page?: { readonly parameter: string; readonly maxSize: number },
): AsyncGenerator<JsonObject> {
  let size = page?.maxSize ?? 1
  let token = ''
  for (let count = 0; count < MAX_PAGES;) {
    const parameters = new URLSearchParams([
      ...query.map(([name, value]): [string, string] => [name, value]),
      ...(page === undefined ? [] : [[page.parameter, String(size)] as [string, string]]),
      ...(token === '' ? [] : [['page_token', token] as [string, string]]),
    ]).toString()
    let response: JsonObject
    try {
      response = await client.get(
        parameters === '' ? path : `${path}?${parameters}`,
        {},
        { call, background: true },
      )
    } catch (error) {
      if (!(error instanceof WorkspaceError && error.details.tooLong === true && size > 1)) throw error
      size = Math.floor(size / 2)
      continue
    }
    count++
    const { next_page_token: next } = response
    yield response
    if (next === undefined || next === null || next === '') return
    if (typeof next !== 'string' || next === token) break
    token = next
  }
  throw new WorkspaceError('unexpected-response')
}

/** Whether the next request will probably fail in the same way. */
function concernsAll(error: WorkspaceError): boolean {
  return error.failure === 'cancelled' || error.isTokenRejected || isTransient(error, 1)
}

function statusOf(error: unknown, items: number): KindStatus {
  const { failure, details } = error instanceof WorkspaceError ? error : { failure: undefined, details: {} }
  const { status: httpStatus, errorCode } = details
  if (httpStatus === 403) return { status: 'not-checked', items }
  if (httpStatus === 404 || errorCode === 'FEATURE_DISABLED') return { status: 'not-available' }
  const transient = error instanceof WorkspaceError && (failure === 'cancelled' || isTransient(error, 1))
  return { status: 'failed', items, transient, failure, httpStatus, errorCode }
}

const UNKNOWN_ID = '?'

/** The id of an item, if it is safe in a path and in an output. Larger numbers have lost digits. */
function idOf(id: unknown): string {
  const text = Number.isSafeInteger(id) ? String(id) : id
  return typeof text === 'string' && /^[A-Za-z0-9_][\w.-]{0,254}$/.test(text) ? text : UNKNOWN_ID
}

function consumerOf({ kind, name, status }: WorkspaceKind, item: JsonObject, id: string): Consumer {
  const text = name(item)
  return { kind, id, name: typeof text === 'string' ? text : undefined, ...status(item) }
}

/** The objects of a list. An empty list is a missing field. */
function objectsIn(list: unknown): JsonObject[] {
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) throw new WorkspaceError('unexpected-response')
  return list.filter((item): item is JsonObject => typeof item === 'object' && item !== null)
}
