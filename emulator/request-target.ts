/** What a request asks for, out of its first line. */
export interface RequestTarget {
  /** Path and query as they were sent, without a host. */
  readonly target: string
  readonly path: string
  readonly query: URLSearchParams
}

/**
 * Reads the target of a request. A server takes the absolute form as well (RFC 9112, 3.2.2): it is what a client sends that
 * has us for its proxy.
 */
export function requestTarget(url = ''): RequestTarget {
  const target = url.replace(/^https?:\/\/[^/?]*/i, '')
  const [path = '', query] = target.split(/\?(.*)/s)
  return { target, path, query: new URLSearchParams(query) }
}
