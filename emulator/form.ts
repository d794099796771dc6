import type { RequestRecord } from './request-log.js'

/** The media type of a form. */
export const FORM = 'application/x-www-form-urlencoded'

/** The fields of a body that is a form; undefined if it does not say that it is one. */
export function formOf({
  headers,
  rawBody,
}: Pick<RequestRecord, 'headers' | 'rawBody'>): URLSearchParams | undefined {
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  return mediaType === FORM ? new URLSearchParams(rawBody.toString()) : undefined
}

/** A field of a form; one that is empty is absent (RFC 6749, 3.2). */
export function fieldOf(form: URLSearchParams, name: string): string | undefined {
  const value = form.get(name)
  return value === null || value === '' ? undefined : value
}

/** The reverse of what a form does to a text: a plus sign is a blank. Throws a URIError for a percent sign gone wrong. */
export function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
