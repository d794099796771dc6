import { html, json, text, type Reply } from './reply.js'

/** The redirect statuses. Only with 307 and 308 a client sends its body again. */
export const REDIRECT_STATUSES = [301, 302, 303, 307, 308] as const

/** Returns the same response with another content type, or without one for undefined. */
export function retyped(reply: Reply, contentType: string | undefined): Reply {
  const headers: Record<string, string> = { ...reply.headers }
  delete headers['content-type']
  return {
    ...reply,
    headers: contentType === undefined ? headers : { ...headers, 'content-type': contentType },
  }
}

/** `{}` with spaces up to so many bytes: valid JSON that is long. */
export function padded(bytes: number): Reply {
  return { ...json(200, {}), body: '{}'.padEnd(bytes) }
}

/** Responses with status 200 that the API never returns, by what is wrong. */
export const STRANGE_ANSWERS = {
  'no body': { ...json(200, {}), body: '' },
  'no JSON': { ...json(200, {}), body: '{"secrets":' },
  'bytes that are no UTF-8': { ...json(200, {}), body: Buffer.from('{"\xff":1}', 'latin1') },
  'an array': json(200, []),
  'a string': json(200, 'done'),
  'a number': json(200, 0),
  null: json(200, null),
  'fields of other types': json(200, {
    ...{ scopes: 'none', secrets: { key: 1 }, access_token: 1, value: [] },
    ...{ clusters: 'none', jobs: 1, policies: {}, statuses: [1], endpoints: ['x'], apps: true },
    ...{ data_access_config: 'none', settings: 'none', spec: 1, config: [], groups: 'none' },
    ...{ next_page_token: 1, effective_value: {}, full_name: 1, privilege_assignments: 'none' },
  }),
  'a page': html(200, '<!doctype html><h1>Down for maintenance</h1>'),
  'plain text': text(200, 'OK'),
} satisfies Readonly<Record<string, Reply>>
