/** Surprising requests of official clients, which `npm run test:clients` found. */
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { authorization, getting, send, start } from './wire.js'

const LIST = '/api/2.0/secrets/scopes/list'
const ME = 'preview/scim/v2/Me'

// The old CLI ignores the port of its host, so tests must act as its proxy.
test('the absolute form of a target is the same request', async () => {
  const workspace = await start()
  workspace.store.createScope('storage')
  const { port } = new URL(workspace.url)
  const answer = await new Promise<string>((resolve, reject) => {
    const path = `http://workspace.test/api/2.0/secrets/list?scope=storage`
    request({ port, host: '127.0.0.1', path, headers: authorization('ada') }, (response) => {
      resolve(text(response))
    })
      .on('error', reject)
      .end()
  })
  expect(JSON.parse(answer)).toEqual({})
  expect(workspace.requests.to('secrets/list')[0]?.query.get('scope')).toBe('storage')
})

// The Terraform provider asks for its own identity before it removes a MANAGE permission.
test.each([
  ['ada', 'ada@example.com', ['users', 'data-team']],
  ['ci', '00000000-0000-4000-8000-00000000c1c1', ['users', 'data-team']],
  ['root', 'root@example.com', ['users', 'admins']],
])('%s gets its own identity', async (who, userName, groups) => {
  const { status, body } = await getting(await start(), who)(ME)
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      userName,
      active: true,
      id: expect.stringMatching(/^\d+$/),
      groups: groups.map((display) => expect.objectContaining({ display })),
    },
  })
})

test('there is no identity without a token', async () => {
  expect((await send(await start(), `/api/2.0/${ME}`)).status).toBe(401)
})

// The SDKs for Go and JavaScript send the older header name to a host of several workspaces.
test.each([
  [{ 'x-databricks-org-id': '42' }, 200],
  [{ 'x-databricks-org-id': '7' }, 303],
  [{ 'x-databricks-workspace-id': '42', 'x-databricks-org-id': '7' }, 200],
])('a host of several workspaces responds to %j with %d', async (header, status) => {
  const workspace = await start({ workspaceId: '42', requireWorkspaceId: true })
  expect((await send(workspace, LIST, { headers: { ...authorization('ada'), ...header } })).status).toBe(
    status,
  )
})

// The Terraform provider (1.126.0) fails after each write without it: it reads the id with `strconv.ParseInt`.
test('a response contains the id of its workspace', async () => {
  const answer = await getting(await start({ workspaceId: '42' }))(ME)
  expect(answer.headers.get('x-databricks-org-id')).toBe('42')
  expect((await getting(await start())(ME)).headers.get('x-databricks-org-id')).toMatch(/^\d+$/)
})

// The old CLI calls its JSON `text/json`, on GETs without a body as well.
test.each(['text/json', 'application/json', 'application/json; charset=utf-8'])(
  'JSON may be called %s',
  async (type) => {
    const workspace = await start()
    const headers = { ...authorization('ada'), 'content-type': type }
    const body = JSON.stringify({ scope: 'storage', scope_backend_type: 'DATABRICKS' })
    const created = await send(workspace, '/api/2.0/secrets/scopes/create', { method: 'POST', headers, body })
    expect(created.status).toBe(200)
    expect((await send(workspace, LIST, { headers })).status).toBe(200)
  },
)

// `principal=%5BUC%5D+Team+%3D+A`: blanks as plus signs, all else in percent form.
test('a query is form-encoded', async () => {
  const workspace = await start()
  workspace.store.createScope('storage', { acls: { 'ada@example.com': 'MANAGE', '[UC] Team = A': 'READ' } })
  const path = '/api/2.0/secrets/acls/get?principal=%5BUC%5D+Team+%3D+A&scope=storage'
  const { body } = await send(workspace, path, { headers: authorization('ada') })
  expect(body).toEqual({ principal: '[UC] Team = A', permission: 'READ' })
})
