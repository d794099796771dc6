import type { Caller } from '../callers.js'
import { invalidParameter, permissionDenied, type ApiError } from '../errors.js'
import { pageOf, type Page } from '../pages.js'
import { principalsFor } from '../privileges.js'
import type { Consumer, Consumers } from './consumers.js'
import type { ListedKind } from './content.js'

/** One read of consumers: the workspace, the caller and the request. */
export interface ConsumersCall {
  readonly consumers: Consumers
  readonly caller: Caller
  readonly query: URLSearchParams
  /** What the path has in place of `*`, decoded; empty if it has none. */
  readonly name: string
}

/** Carries out a call and returns the body of its answer. Throws ApiError for what a workspace refuses. */
export type ConsumersCallHandler = (call: ConsumersCall) => object

/** The sizes of the pages of a list (REST reference). */
export interface PageSizes {
  /** The parameter that a client names a size with. */
  readonly parameter: 'page_size' | 'limit' | 'max_results'
  /** The most elements of a page. */
  readonly most: number
  /** How many there are if a client names no size. */
  readonly usual: number
}

/** The resources of a kind that the caller sees: an admin all of them, and others those that were made visible to them. */
export function visibleTo({ consumers, caller }: ConsumersCall, kind: ListedKind): Consumer[] {
  return consumers.all(kind).filter((consumer) => sees(caller, consumer))
}

/**
 * The resource that a call names.
 *
 * @param missing what is thrown if there is none
 * @throws ApiError PERMISSION_DENIED if the caller does not see it
 */
export function oneOf(
  { consumers, caller }: ConsumersCall,
  kind: ListedKind,
  id: string,
  missing: ApiError,
): Consumer {
  const consumer = consumers.find(kind, id)
  if (consumer === undefined) throw missing
  if (!sees(caller, consumer)) {
    throw permissionDenied(`User ${caller.name} may not view ${id} of ${kind}.`)
  }
  return consumer
}

/**
 * The page of a list that was asked for.
 *
 * @param list what the list is of: its tokens are good for no other
 * @throws ApiError INVALID_PARAMETER_VALUE for a size that is no whole number or above the bound, a `limit` of 0, or a token
 * that is none of this list
 */
export function consumersPage(
  { consumers, query }: ConsumersCall,
  list: string,
  all: readonly Consumer[],
  { parameter, most, usual }: PageSizes,
): Page<Consumer> {
  const asked = query.get(parameter) ?? undefined
  const size = Number(asked ?? 0)
  if (size > most || (parameter === 'limit' && asked !== undefined && size < 1)) {
    throw invalidParameter(`${parameter} is a whole number up to ${most}.`)
  }
  const { size: forced = most, ...pages } = consumers.rules.pages ?? {}
  return pageOf(
    list,
    all.map((consumer) => [consumer.number, consumer]),
    {
      size: asked === undefined || size === 0 ? String(usual) : asked,
      token: query.get('page_token') ?? undefined,
    },
    { ...pages, size: Math.min(most, forced) },
  )
}

/** The list as a field of an answer, and none if it is empty, as in JSON for protobuf. */
export function unlessEmpty(field: string, consumers: readonly Consumer[]): object {
  return consumers.length === 0 ? {} : { [field]: consumers.map(({ fields }) => fields) }
}

/** The fields without some of them. */
export function without(fields: Consumer['fields'], ...names: readonly string[]): Consumer['fields'] {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !names.includes(field)))
}

function sees(caller: Caller, { visibleTo: names }: Consumer): boolean {
  return caller.admin === true || principalsFor(caller).some((name) => names.includes(name))
}
