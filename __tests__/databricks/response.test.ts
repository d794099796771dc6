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

describe('a response', () => {
  test('with a JSON object and a 2xx status is that object', () => {
    expect(parseResponse({ status: 200, headers: {}, body: '{"a":[1]}' })).toEqual({ a: [1] })
    expect(parseResponse({ status: 201, headers: {}, body: ' {} ' })).toEqual({})
  })

  // Some gateway, proxy or version of the service sends each of these. Misread, the user looks for the cause in the wrong
  // place, or the step succeeds although nothing was written.
  test.each<[string, number, string, Failure, WorkspaceErrorDetails]>([
    [
      'an error',
      400,
      '{"error_code":"BAD_REQUEST","message":"m"}',
      'error-response',
      { errorCode: 'BAD_REQUEST', serverMessage: 'm', isJson: true },
    ],
    [
      'a number as the code',
      403,
      '{"error_code":403,"message":"m"}',
      'error-response',
      { errorCode: '403', serverMessage: 'm', isJson: true },
    ],
    [
      'an error with status 200',
      200,
      '{"error_code":"X","message":"m"}',
      'error-response',
      { errorCode: 'X', serverMessage: 'm', isJson: true },
    ],
    [
      'an error without a code, with status 200',
      200,
      '{"error_code":{"a":1}}',
      'error-response',
      { serverMessage: '{"error_code":{"a":1}}', isJson: true },
    ],
    [
      'an empty code with status 200',
      200,
      '{"error_code":""}',
      'error-response',
      { serverMessage: '{"error_code":""}', isJson: true },
    ],
    [
      'a message with status 200',
      200,
      '{"message":"m"}',
      'error-response',
      { serverMessage: 'm', isJson: true },
    ],
    [
      'another format of an error with status 200',
      200,
      '{"error":"m"}',
      'error-response',
      { serverMessage: '{"error":"m"}', isJson: true },
    ],
    [
      'a value as the code',
      400,
      '{"error_code":"fake value","message":"m"}',
      'error-response',
      { serverMessage: 'm', isJson: true },
    ],
    [
      'a long code',
      400,
      `{"error_code":"${'X'.repeat(65)}","message":"m"}`,
      'error-response',
      { serverMessage: 'm', isJson: true },
    ],
    [
      'the old format',
      404,
      'RESOURCE_DOES_NOT_EXIST: no\nscope',
      'error-response',
      { errorCode: 'RESOURCE_DOES_NOT_EXIST', serverMessage: 'no\nscope' },
    ],
    [
      'the old format with a long code',
      404,
      `${'X'.repeat(65)}: m`,
      'error-response',
      { serverMessage: 'm' },
    ],
    [
      'the HTML of a gateway',
      502,
      '<html><pre>upstream\nlost</pre></html>',
      'error-response',
      { serverMessage: 'upstream\nlost' },
    ],
    ['plain text', 503, 'try later', 'error-response', { serverMessage: 'try later' }],
    ['other JSON', 400, '{"a":1}', 'error-response', { serverMessage: '{"a":1}' }],
    ['no body', 500, '', 'error-response', { serverMessage: '' }],
    [
      'an HTML page',
      200,
      '<html>Sign in</html>',
      'unexpected-response',
      { serverMessage: '<html>Sign in</html>' },
    ],
    ['an empty 200', 200, '', 'unexpected-response', { serverMessage: '' }],
    ['a JSON array', 200, '[]', 'unexpected-response', { serverMessage: '[]' }],
    ['JSON null', 200, 'null', 'unexpected-response', { serverMessage: 'null' }],
    ['incomplete JSON', 200, '{"scopes":[', 'unexpected-response', { serverMessage: '{"scopes":[' }],
  ])('with %s is an error', (_, status, body, failure, details) => {
    const error = errorOf(status, body)
    expect(error.failure).toBe(failure)
    expect(error.details).toEqual({ status, ...details })
  })

  // Some serializers write a missing field as `null`.
  test('with null as the code is not an error', () => {
    expect(parseResponse({ status: 200, headers: {}, body: '{"error_code":null}' })).toEqual({
      error_code: null,
    })
  })

  // Gateways on Windows may write it.
  test('may start with a byte order mark', () => {
    expect(parseResponse({ status: 200, headers: {}, body: '\ufeff{"scopes":[]}' })).toEqual({ scopes: [] })
  })

  test('with a redirect is an error with its location', () => {
    for (const status of [300, 301, 302, 303, 307, 308, 304]) {
      const error = errorOf(status, '{}', { location: '/login.html' })
      expect(error.failure).toBe('redirected')
      expect(error.details).toEqual({ status, serverMessage: '/login.html' })
    }
  })

  // Databricks support asks for it first.
  test('keeps the request id', () => {
    expect(errorOf(500, '', { 'x-request-id': 'fake-id' }).details.requestId).toBe('fake-id')
  })

  // Error trackers and crash reports print messages, causes and stacks.
  test('that is an error leaves no untrusted text in the message, stack or cause of the error', () => {
    const error = errorOf(400, '{"error_code":"BAD_REQUEST","message":"fake-echo"}')
    expect(`${error.message}${error.stack ?? ''}`).not.toContain('fake-echo')
    expect(error.cause).toBeUndefined()
    expect(errorOf(200, '{"fake-echo').cause).toBeUndefined()
  })
})
