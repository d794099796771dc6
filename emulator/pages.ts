import { invalidParameter } from './errors.js'

/** How a list comes in pages. */
export interface PageRules {
  /** The most elements of a page, and as many as one has when nothing is asked for; default 1,000. */
  readonly size?: number
  /** How many empty pages, each with a token, come before each page; default 0. Pages of real servers may be empty. */
  readonly emptyBefore?: number
  /** Whether a full last page has a token as well, so that an empty page follows it; default false. */
  readonly tokenAfterLast?: boolean
}

/** What a client asks for. */
export interface AskedPage {
  /** As it came: `page_size` or `max_results`. 0 is the server's own size. */
  readonly size: string | undefined
  /** As it came: `page_token`. */
  readonly token: string | undefined
}

/** A page, and the token of the next one; undefined at the end. */
export interface Page<T> {
  readonly elements: readonly T[]
  readonly next: string | undefined
}

/**
 * The page of a list that was asked for. A token says which element was the last, so that nothing is left out or comes
 * twice when elements are removed meanwhile.
 *
 * @param list what the list is of: its tokens are good for no other
 * @param all each element with its number, which grows from element to element
 * @throws ApiError INVALID_PARAMETER_VALUE for a size that is no whole number from 0 on, or a token that is none of this list
 */
export function pageOf<T>(
  list: string,
  all: readonly (readonly [number, T])[],
  asked: AskedPage,
  { size: most = 1_000, emptyBefore = 0, tokenAfterLast = false }: PageRules,
): Page<T> {
  const size = sizeOf(asked.size, most)
  const { after, empty } = positionOf(list, asked.token)
  if (empty < emptyBefore) return { elements: [], next: tokenOf(list, after, empty + 1) }
  const rest = all.filter(([number]) => number > after)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  const isMore = rest.length > size || (tokenAfterLast && page.length === size)
  return {
    elements: page.map(([, element]) => element),
    next: isMore && last !== undefined ? tokenOf(list, last[0], 0) : undefined,
  }
}

function sizeOf(asked: string | undefined, most: number): number {
  if (asked === undefined) return most
  if (!/^\d{1,9}$/.test(asked)) throw invalidParameter('The size of a page is a whole number from 0 on.')
  return Number(asked) === 0 ? most : Math.min(most, Number(asked))
}

function tokenOf(list: string, after: number, empty: number): string {
  return Buffer.from(JSON.stringify([list, after, empty])).toString('base64url')
}

function positionOf(list: string, token: string | undefined): { after: number; empty: number } {
  if (token === undefined || token === '') return { after: 0, empty: 0 }
  try {
    const [of, after, empty] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [
      string,
      number,
      number,
    ]
    if (of === list) return { after, empty }
  } catch {
    // It is refused like one of another list.
  }
  throw invalidParameter('The page_token is none of this list.')
}
