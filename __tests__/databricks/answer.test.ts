import { describe, expect, test } from '@jest/globals'

import { readAnswer } from '../../src/databricks/answer.js'
import { WorkspaceError, type Failure } from '../../src/databricks/workspace-error.js'

function errorOf(status: number, body: string, headers: Record<string, string> = {}): WorkspaceError {
  try {
    readAnswer({ status, headers, body })
  } catch (error) {
    if (error instanceof WorkspaceError) return error
  }
  throw new Error('no WorkspaceError')
}

describe('an answer', () => {
  test('with a JSON object and a 2xx status is one', () => {
    expect(readAnswer({ status: 200, headers: {}, body: '{"a":[1]}' })).toEqual({ a: [1] })
    expect(readAnswer({ status: 201, headers: {}, body: ' {} ' })).toEqual({})
  })

  // Each of these is what some gateway, proxy or version of the service has sent; read wrongly, the user looks for the
  // cause in the wrong place, or the step is green with nothing put.
  test.each<[string, number, string, Failure, string | undefined, string]>([
    ['an error', 400, '{"error_code":"BAD_REQUEST","message":"m"}', 'refused', 'BAD_REQUEST', 'm'],
    ['an error with a number', 403, '{"error_code":403,"message":"m"}', 'refused', '403', 'm'],
    [
      'an error under 200',
      200,
      '{"error_code":"TEMPORARILY_UNAVAILABLE","message":"m"}',
      'refused',
      'TEMPORARILY_UNAVAILABLE',
      'm',
    ],
    ['an error without a message', 500, '{"error_code":"INTERNAL_ERROR"}', 'refused', 'INTERNAL_ERROR', ''],
    [
      'an error whose code is no code',
      400,
      '{"error_code":"a b\\n"}',
      'refused',
      undefined,
      '{"error_code":"a b\\n"}',
    ],
    [
      'the old form',
      404,
      'RESOURCE_DOES_NOT_EXIST: no scope',
      'refused',
      'RESOURCE_DOES_NOT_EXIST',
      'no scope',
    ],
    [
      'the HTML of a gateway',
      502,
      '<html><pre>upstream\nlost</pre></html>',
      'refused',
      undefined,
      'upstream\nlost',
    ],
    ['plain text', 503, 'try later', 'refused', undefined, 'try later'],
    ['nothing', 500, '', 'refused', undefined, ''],
    ['a page', 200, '<html>Sign in</html>', 'foreign', undefined, '<html>Sign in</html>'],
    ['an empty 200', 200, '', 'foreign', undefined, ''],
    ['a JSON array', 200, '[]', 'foreign', undefined, '[]'],
    ['JSON null', 200, 'null', 'foreign', undefined, 'null'],
    ['half of a JSON object', 200, '{"scopes":[', 'foreign', undefined, '{"scopes":['],
  ])('with %s is an error', (_, status, body, failure, errorCode, said) => {
    const error = errorOf(status, body)
    expect(error.failure).toBe(failure)
    expect(error.details).toEqual({ status, said, ...(errorCode !== undefined && { errorCode }) })
  })

  test('with a redirect is an error that says where to', () => {
    for (const status of [301, 302, 303, 307, 308, 304]) {
      const error = errorOf(status, '{}', { location: '/login.html' })
      expect(error.failure).toBe('redirected')
      expect(error.details).toEqual({ status, said: '/login.html' })
    }
  })

  // Databricks' support asks for it first.
  test('keeps the request id', () => {
    expect(errorOf(500, '', { 'x-request-id': 'fake-id' }).details.requestId).toBe('fake-id')
  })

  // Error trackers and crash reports print messages, causes and stacks.
  test('that is an error has nothing from outside in message, stack or cause', () => {
    const error = errorOf(400, '{"error_code":"BAD_REQUEST","message":"fake-echo"}')
    expect(`${error.message}${error.stack ?? ''}`).not.toContain('fake-echo')
    expect(error.cause).toBeUndefined()
    expect(errorOf(200, '{"fake-echo').cause).toBeUndefined()
  })
})
