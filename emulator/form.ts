import type { RequestRecord } from './request-log.js'

/** The media type of a form. */
export const FORM = 'application/x-www-form-urlencoded'

/** Returns the fields of a form; undefined if the content type is another one. */
export function formOf({
  headers,
  rawBody,
}: Pick<RequestRecord, 'headers' | 'rawBody'>): URLSearchParams | undefined {
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  return mediaType === FORM ? new URLSearchParams(rawBody.toString()) : undefined
}

/** Returns a field of a form. An empty one counts as missing (RFC 6749, 3.2). */
export function fieldOf(form: URLSearchParams, name: string): string | undefined {
  const value = form.get(name)
  return value === null || value === '' ? undefined : value
}

/** Decodes a form-encoded text, in which a plus sign is a space. Throws a URIError for an invalid percent sign. */
export function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
