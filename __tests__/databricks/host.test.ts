import { describe, expect, test } from '@jest/globals'

import { HostError, parseHost } from '../../src/databricks/host.js'

function messageOf(pasted: string): string {
  try {
    parseHost(pasted)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('the host', () => {
  // Users copy addresses from the browser.
  test.each([
    [
      'https://dbc-a1b2c3d4-e5f6.cloud.databricks.com',
      'https://dbc-a1b2c3d4-e5f6.cloud.databricks.com',
      undefined,
    ],
    ['dbc-a1b2c3d4-e5f6.cloud.databricks.com', 'https://dbc-a1b2c3d4-e5f6.cloud.databricks.com', undefined],
    [' https://x.cloud.databricks.com/ ', 'https://x.cloud.databricks.com', undefined],
    ['HTTPS://X.Cloud.Databricks.COM', 'https://x.cloud.databricks.com', undefined],
    [
      'https://adb-123.4.azuredatabricks.net/?o=123#secrets/createScope',
      'https://adb-123.4.azuredatabricks.net',
      '123',
    ],
    [
      'https://adb-123.4.azuredatabricks.net/browse/folders/1?o=123',
      'https://adb-123.4.azuredatabricks.net',
      '123',
    ],
    ['x.gcp.databricks.com/sql?w=45&x=1', 'https://x.gcp.databricks.com', '45'],
    ['https://x.databricks.com:8443/a?o=not-a-number', 'https://x.databricks.com:8443', undefined],
    ['https://x.databricks.com:443', 'https://x.databricks.com', undefined],
    ['https://x.databricks.com/?o=1&w=2', 'https://x.databricks.com', '1'],
    ['https://x.databricks.com/?o=&w=45', 'https://x.databricks.com', '45'],
    ['https://x.databricks.com/?w=conn-4_5.x', 'https://x.databricks.com', 'conn-4_5.x'],
    ['https://x.databricks.com/?workspace_id=45', 'https://x.databricks.com', '45'],
    ['https://x.databricks.com/?w=a%0Ab', 'https://x.databricks.com', undefined],
    ['https://x.databricks.com/?w=a+b', 'https://x.databricks.com', undefined],
    [`https://x.databricks.com/?w=${'1'.repeat(129)}`, 'https://x.databricks.com', undefined],
    ['https:/x.databricks.com', 'https://x.databricks.com', undefined],
    ['https:\\\\x.databricks.com', 'https://x.databricks.com', undefined],
    [
      'https://accounts-payable.cloud.databricks.com',
      'https://accounts-payable.cloud.databricks.com',
      undefined,
    ],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080', undefined],
    ['http://127.1.2.3', 'http://127.1.2.3', undefined],
    ['http://localhost:8080', 'http://localhost:8080', undefined],
    ['http://[::1]:8080', 'http://[::1]:8080', undefined],
    ['localhost:8080', 'https://localhost:8080', undefined],
  ])('%j becomes %s', (pasted, origin, workspaceId) => {
    expect(parseHost(pasted)).toEqual({ origin, ...(workspaceId !== undefined && { workspaceId }) })
  })

  // Otherwise the token and all secrets would be sent unencrypted, or to another server.
  test.each([
    ['http://x.cloud.databricks.com', 'https://'],
    ['http://localhost.example', 'https://'],
    ['http://127.0.0.1.example', 'https://'],
    ['http://localhost.', 'https://'],
    ['http://128.0.0.1', 'https://'],
    ['http://0.0.0.0', 'https://'],
    ['http://[::2]', 'https://'],
    ['ftp://x.cloud.databricks.com', 'https://'],
    ['ftp://127.0.0.1', 'https://'],
    ['workspace', 'not a workspace address'],
    [`${'f'.repeat(64)}.x.example`, 'not a workspace address'],
    ['https://user:fake@x.cloud.databricks.com', 'at sign'],
    ['https://x.cloud.databricks.com@evil.example', 'at sign'],
    ['fake@x.cloud.databricks.com', 'at sign'],
    ['https://:fake@x.cloud.databricks.com', 'at sign'],
    ['https://accounts.cloud.databricks.com', 'account console'],
    ['accounts.azuredatabricks.net/login', 'account console'],
    ['https://accounts-dod.cloud.databricks.us', 'account console'],
    ['https://', 'not a workspace address'],
    ['https://a b', 'not a workspace address'],
    ['https://-', 'not a workspace address'],
    ['https://.', 'not a workspace address'],
    ['mailto:fake@x.example', 'https://'],
    ['http:/x.cloud.databricks.com', 'https://'],
    ['${{ vars.HOST }}', 'not a workspace address'],
    ['"https://x.cloud.databricks.com"', 'not a workspace address'],
  ])('%j is rejected', (pasted, message) => {
    expect(() => parseHost(pasted)).toThrow(HostError)
    expect(() => parseHost(pasted)).toThrow(message)
  })

  test('is not quoted in the error', () => {
    expect(messageOf('https://user:fake@x')).toMatch(/user name/)
    expect(messageOf('https://user:fake@x')).not.toContain('fake')
  })
})
