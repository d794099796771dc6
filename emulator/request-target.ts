/** The target of a request, from its first line. */
export interface RequestTarget {
  /** Path and query as they were sent, without a host. */
  readonly target: string
  readonly path: string
  readonly query: URLSearchParams
}

/**
 * Parses the target of a request. It may have the absolute form (RFC 9112, 3.2.2), which clients send to a proxy.
 */
export function requestTarget(url = ''): RequestTarget {
  const target = url.replace(/^https?:\/\/[^/?]*/i, '')
  const [path = '', query] = target.split(/\?(.*)/s)
  return { target, path, query: new URLSearchParams(query) }
}
