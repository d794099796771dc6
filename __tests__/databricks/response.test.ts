import { describe, expect, test } from '@jest/globals'

import { parseResponse } from '../../src/databricks/response.js'
import {
  WorkspaceError,
  type Failure,
  type WorkspaceErrorDetails,
} from '../../src/databricks/workspace-error.js'

function errorOf(status: number, body: string, headers: Record<string, string> = {}): WorkspaceError {
  try {
    parseResponse({ status, headers, body })
  } catch (error) {
    if (error instanceof WorkspaceError) return error
  }
  throw new Error('no WorkspaceError')
}

describe('an answer', () => {
  test('with a JSON object and a 2xx status is one', () => {
    expect(parseResponse({ status: 200, headers: {}, body: '{"a":[1]}' })).toEqual({ a: [1] })
    expect(parseResponse({ status: 201, headers: {}, body: ' {} ' })).toEqual({})
  })

  // Each of these is what some gateway, proxy or version of the service has sent; read wrongly, the user looks for the
  // cause in the wrong place, or the step is green with nothing put.
  test.each<[string, number, string, Failure, WorkspaceErrorDetails]>([
    [
      'an error',
      400,
      '{"error_code":"BAD_REQUEST","message":"m"}',
      'refused',
      { errorCode: 'BAD_REQUEST', said: 'm', structured: true },
    ],
    [
      'a number for a code',
      403,
      '{"error_code":403,"message":"m"}',
      'refused',
      { errorCode: '403', said: 'm', structured: true },
    ],
    [
      'an error under 200',
      200,
      '{"error_code":"X","message":"m"}',
      'refused',
      { errorCode: 'X', said: 'm', structured: true },
    ],
    [
      'an error of no code under 200',
      200,
      '{"error_code":{"a":1}}',
      'refused',
      { said: '{"error_code":{"a":1}}', structured: true },
    ],
    [
      'an empty code under 200',
      200,
      '{"error_code":""}',
      'refused',
      { said: '{"error_code":""}', structured: true },
    ],
    ['a message under 200', 200, '{"message":"m"}', 'refused', { said: 'm', structured: true }],
    [
      'another form of error under 200',
      200,
      '{"error":"m"}',
      'refused',
      { said: '{"error":"m"}', structured: true },
    ],
    [
      'a value for a code',
      400,
      '{"error_code":"fake value","message":"m"}',
      'refused',
      { said: 'm', structured: true },
    ],
    [
      'a long code',
      400,
      `{"error_code":"${'X'.repeat(65)}","message":"m"}`,
      'refused',
      { said: 'm', structured: true },
    ],
    [
      'the old form',
      404,
      'RESOURCE_DOES_NOT_EXIST: no\nscope',
      'refused',
      { errorCode: 'RESOURCE_DOES_NOT_EXIST', said: 'no\nscope' },
    ],
    ['the old form with a long code', 404, `${'X'.repeat(65)}: m`, 'refused', { said: 'm' }],
    [
      'the HTML of a gateway',
      502,
      '<html><pre>upstream\nlost</pre></html>',
      'refused',
      { said: 'upstream\nlost' },
    ],
    ['plain text', 503, 'try later', 'refused', { said: 'try later' }],
    ['JSON of another kind', 400, '{"a":1}', 'refused', { said: '{"a":1}' }],
    ['nothing', 500, '', 'refused', { said: '' }],
    ['a page', 200, '<html>Sign in</html>', 'unexpected-response', { said: '<html>Sign in</html>' }],
    ['an empty 200', 200, '', 'unexpected-response', { said: '' }],
    ['a JSON array', 200, '[]', 'unexpected-response', { said: '[]' }],
    ['JSON null', 200, 'null', 'unexpected-response', { said: 'null' }],
    ['half of a JSON object', 200, '{"scopes":[', 'unexpected-response', { said: '{"scopes":[' }],
  ])('with %s is an error', (_, status, body, failure, details) => {
    const error = errorOf(status, body)
    expect(error.failure).toBe(failure)
    expect(error.details).toEqual({ status, ...details })
  })

  // `null` is how some serializers write a field that is not there.
  test('with null for a code is no error', () => {
    expect(parseResponse({ status: 200, headers: {}, body: '{"error_code":null}' })).toEqual({
      error_code: null,
    })
  })

  // A gateway of Windows may begin a text with it.
  test('may begin with a byte order mark', () => {
    expect(parseResponse({ status: 200, headers: {}, body: '\ufeff{"scopes":[]}' })).toEqual({ scopes: [] })
  })

  test('with a redirect is an error that says where to', () => {
    for (const status of [300, 301, 302, 303, 307, 308, 304]) {
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
