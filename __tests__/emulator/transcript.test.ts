import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { hangUp } from '../../emulator/faults.js'
import { json } from '../../emulator/reply.js'
import { lineOf, Transcript, type Exchange } from '../../emulator/transcript.js'
import { basic, getting, postForm, posting, send, signal, start } from './wire.js'

const SECRET = 'fake-hunter2'

function exchange(parts: Partial<Exchange> = {}, query = ''): Exchange {
  return {
    method: 'GET',
    path: '/api/2.0/secrets/list',
    query: new URLSearchParams(query),
    headers: {},
    rawBody: Buffer.alloc(0),
    status: 200,
    errorCode: undefined,
    reply: undefined,
    ...parts,
  }
}

// Lost otherwise: what a transcript is for. A workspace that differs in any of these differs from ours.
test('a line has all that tells how a workspace works', () => {
  const put = exchange({
    method: 'POST',
    path: '/api/2.0/secrets/put',
    headers: {
      host: 'w.example.com',
      authorization: `Bearer ${SECRET}`,
      'user-agent': 'databricks-sdk-py/0.156.0 python/3.12.3 os/linux',
      'content-type': 'application/json; charset=utf-8',
      'x-databricks-org-id': SECRET,
    },
    rawBody: Buffer.from(JSON.stringify({ scope: 's', key: 'k', string_value: SECRET })),
    status: 400,
    errorCode: 'BAD_REQUEST',
    reply: {
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error_code: 'BAD_REQUEST', message: SECRET }),
    },
  })
  expect(lineOf(put, 7, 'a case')).toEqual({
    n: 7,
    during: 'a case',
    method: 'POST',
    path: '/api/2.0/secrets/put',
    userAgent: 'databricks-sdk-py/0.156.0',
    authorization: 'bearer',
    contentType: 'application/json',
    headers: ['x-databricks-org-id'],
    body: { scope: 'string', key: 'string', string_value: 'string' },
    status: 400,
    errorCode: 'BAD_REQUEST',
    answerType: 'application/json',
    answer: { error_code: 'string', message: 'string' },
  })
})

// Lost otherwise: a secret or a person's address that stands where nobody looks for it.
test.each<[string, Partial<Exchange>, string]>([
  ['path', { path: `/api/2.0/secrets/${SECRET}` }, ''],
  ['unknown path', { path: `/${SECRET}@example.com` }, ''],
  ['query parameter', {}, `string_value=${SECRET}`],
  ['principal', {}, `principal=${SECRET}@example.com`],
  ['authorization', { headers: { authorization: SECRET } }, ''],
  ['user agent', { headers: { 'user-agent': `${'x'.repeat(30)}/${SECRET}` } }, ''],
  ['content type', { headers: { 'content-type': `text/plain;x=${SECRET}` } }, ''],
  ['media type', { headers: { 'content-type': SECRET } }, ''],
  ['header', { headers: { 'x-own': SECRET } }, ''],
  ['body', { rawBody: Buffer.from(SECRET) }, ''],
  ['list', { rawBody: Buffer.from(JSON.stringify([[SECRET]])) }, ''],
  ['field', { rawBody: Buffer.from(JSON.stringify([{ [SECRET]: 1, key: { [SECRET]: 1 } }])) }, ''],
  ['name of a query parameter', {}, `${SECRET}=1`],
  ['error code', { errorCode: SECRET }, ''],
  ['failure', { failure: SECRET }, ''],
  ['answer type', { reply: { status: 200, headers: { 'content-type': SECRET }, body: '' } }, ''],
  ['answer', { reply: { status: 200, headers: {}, body: `<p>${SECRET}</p>` } }, ''],
])('a line has nothing of a secret in the %s', (_, parts, query) => {
  expect(JSON.stringify(lineOf(exchange(parts, query), 1))).not.toMatch(/hunter2|example/)
})

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

// Lost otherwise: how clients sign in, which is half of what a transcript of them has to tell.
test('of a form it keeps the names of its fields', () => {
  const rawBody = Buffer.from(`grant_type=client_credentials&scope=all-apis&client_secret=${SECRET}`)
  expect(lineOf(exchange({ headers: FORM, rawBody }), 1)).toMatchObject({
    contentType: 'application/x-www-form-urlencoded',
    body: { grant_type: 'string', scope: 'string', client_secret: 'string' },
  })
})

// Lost otherwise: half of a secret with an & in it that a client forgot to encode.
test.each([
  [`client_secret=fake&${SECRET}`, { client_secret: 'string', '*': 'string' }],
  [SECRET, { '*': 'string' }],
  [`{"client_secret":"${SECRET}"}`, { '*': 'string' }],
])('of the form %s it keeps %j', (body, kept) => {
  expect(lineOf(exchange({ headers: FORM, rawBody: Buffer.from(body) }), 1).body).toEqual(kept)
})

// Lost otherwise: what a call was about; the names are of the scopes and keys that were asked for.
test.each([
  ['scope=s/1&key=K.one-2_', { scope: 's/1', key: 'K.one-2_' }],
  ['scope=a%20b%22', { scope: 'a_b_' }],
  ['principal=users', { principal: 'users' }],
  ['principal=ada%40example.com', { principal: 'an e-mail' }],
  ['principal=00000000-0000-4000-8000-00000000c1c1', { principal: 'a UUID' }],
  ['principal=%5BUC%5D%20Team', { principal: 'a name' }],
  ['made_up=5&a%20b=', { '*': 'string' }],
])('of the query %s it keeps %j', (query, kept) => {
  expect(lineOf(exchange({}, query), 1).query).toEqual(kept)
})

test.each([
  ['/.well-known/databricks-config', '/.well-known/databricks-config'],
  ['/api/2.0/preview/scim/v2/Me', '/api/2.0/preview/scim/v2/Me'],
  ['/api/2.0/preview/scim/v2/Users/123', '/api/2.0/preview/scim/v2/*/*'],
  ['/api/2.0/secrets/get/', '/api/2.0/secrets/*/'],
  ['/'.repeat(100), '/'.repeat(11)],
])('the path %s is %s', (given, kept) => {
  expect(lineOf(exchange({ path: given }), 1).path).toBe(kept)
})

// Lost otherwise: the secrets that a client signs in with, and the token it gets for them.
test('of a sign-in it keeps no credential', async () => {
  const servicePrincipals = [{ applicationId: 'fake-client', clientSecrets: [SECRET] }]
  const workspace = await start({ servicePrincipals })
  const fields = { grant_type: 'client_credentials', scope: 'all-apis', subject_token: SECRET }
  await postForm(workspace, '/oidc/v1/token', fields, basic('fake-client', SECRET))
  const [record] = workspace.requests.at('/oidc/v1/token')
  const [token] = workspace.tokens.issued
  if (record === undefined || token === undefined) throw new Error('There was no sign-in.')
  const line = lineOf(record, 1)
  expect(line).toMatchObject({
    path: '/oidc/v1/token',
    authorization: 'basic',
    status: 200,
    answer: { access_token: 'string', expires_in: 'number' },
  })
  expect(record.rawBody.toString()).toContain(SECRET)
  expect(JSON.stringify(line)).not.toMatch(/hunter2|fake-access-token|fake-client/)
})

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function temporary(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'transcript-'))
  folders.push(folder)
  return path.join(folder, 'lines.jsonl')
}

// Lost otherwise: the end of the transcript, which is what it is read for when something broke.
test('the emulator’s exchanges are in the file as they end, the unanswered too', async () => {
  const file = temporary()
  writeFileSync(file, 'of an earlier run', { mode: 0o644 })
  const transcript = new Transcript(file)
  const last = signal()
  const workspace = await start({
    onRequestEnd: (record) => {
      transcript.write(record)
      if (transcript.lines === 4) last.give()
    },
  })
  await posting(workspace)('secrets/scopes/create', { scope: 's' })
  await posting(workspace)('secrets/put', { scope: 's', key: 'k', string_value: SECRET })
  await getting(workspace)('secrets/get', { scope: 's', key: 'k' })
  workspace.intercept(() => hangUp)
  await expect(send(workspace, '/')).rejects.toThrow()
  await last.given
  const [, put, get, lost] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(put).toMatchObject({ n: 2, body: { string_value: 'string' }, status: 200, answer: {} })
  expect(get).toMatchObject({ query: { scope: 's', key: 'k' }, answer: { key: 'string', value: 'string' } })
  expect(lost).toMatchObject({ n: 4, path: '/', status: null })
  // Names of scopes and keys are nobody else's business on a shared machine.
  expect(statSync(file).mode & 0o077).toBe(0)
})

// Lost otherwise: a live run of the contract could not be told from the emulator's, or a transcript would hold names.
test('a call of Unity Catalog is known by its path, and names in it are left out', () => {
  const line = lineOf(
    exchange(
      {
        method: 'PATCH',
        path: '/api/2.1/unity-catalog/secrets/main.storage.fake-hunter2',
        rawBody: Buffer.from(JSON.stringify({ catalog_name: 'main', value: SECRET, made_up: 1 })),
        reply: json(200, { name: SECRET, effective_value: SECRET, expire_time: SECRET }),
      },
      'update_mask=value&include_value=true&other=1',
    ),
    1,
  )
  expect(line).toMatchObject({
    path: '/api/2.1/unity-catalog/secrets/*',
    query: { update_mask: 'string', include_value: 'string', '*': 'string' },
    body: { catalog_name: 'string', value: 'string', '*': 'number' },
    answer: { name: 'string', effective_value: 'string', expire_time: 'string' },
  })
  expect(JSON.stringify(line)).not.toContain(SECRET)
  const grants = lineOf(exchange({ path: '/api/2.1/unity-catalog/permissions/schema/main.storage' }), 2)
  expect(grants.path).toBe('/api/2.1/unity-catalog/permissions/schema/*')
})
