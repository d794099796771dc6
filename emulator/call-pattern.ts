import { malformedRequest } from './errors.js'

/**
 * What a path has in place of each `*` of a pattern, as it was sent; undefined if the path does not fit.
 *
 * @param pattern a path whose segments may be `*`, which stands for any segment that is not empty
 * @param path without the query
 */
export function partsOfPath(pattern: string, path: string): string[] | undefined {
  const expected = pattern.split('/')
  const segments = path.split('/')
  const fits = expected.every((part, n) => (part === '*' ? (segments[n] ?? '') !== '' : segments[n] === part))
  return fits && segments.length === expected.length
    ? segments.filter((_, n) => expected[n] === '*')
    : undefined
}

/** Decodes a segment of a path. Throws ApiError MALFORMED_REQUEST if it is not encoded as in a URL. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw malformedRequest('The path is not encoded as in a URL.')
  }
}
