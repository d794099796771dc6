import { html, json, text, type Reply } from './reply.js'

/** The statuses that send a client elsewhere. Only 307 and 308 make it send its body again. */
export const REDIRECT_STATUSES = [301, 302, 303, 307, 308] as const

/** The same answer under another content type, or, with undefined, under none. */
export function retyped(reply: Reply, contentType: string | undefined): Reply {
  const headers: Record<string, string> = { ...reply.headers }
  delete headers['content-type']
  return {
    ...reply,
    headers: contentType === undefined ? headers : { ...headers, 'content-type': contentType },
  }
}

/** `{}`, and blanks up to so many bytes: JSON that is as good as any, but for its length. */
export function padded(bytes: number): Reply {
  return { ...json(200, {}), body: '{}'.padEnd(bytes) }
}

/** Answers with status 200 that are not what the API says, by what is wrong with them. */
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
    ...{ next_page_token: 1, effective_value: {}, full_name: 1, privilege_assignments: 'none' },
  }),
  'a page': html(200, '<!doctype html><h1>Down for maintenance</h1>'),
  'plain text': text(200, 'OK'),
} satisfies Readonly<Record<string, Reply>>
