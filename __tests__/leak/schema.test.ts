import { describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'

import { apiError, html, json, redirect, text, type Reply } from '../../emulator/reply.js'
import { everythingSaid, HURRIED, syncTo } from '../e2e/sync-step.js'
import { ADA, startWith } from '../e2e/schema/schema-step.js'
import { asRead } from './leak-search.js'

/** How an answer can show the value that it is about, or that the schema holds. */
const ECHOES: readonly (readonly [string, (value: string) => Reply])[] = [
  ['in a message', (value) => apiError(400, 'INVALID_PARAMETER_VALUE', `Cannot take ${value}`)],
  ['in base64', (value) => apiError(403, 'PERMISSION_DENIED', Buffer.from(value).toString('base64'))],
  ['as its code', (value) => apiError(400, value.toUpperCase(), 'No.')],
  ['behind a known code', (value) => text(400, `RESOURCE_DOES_NOT_EXIST: ${value}`)],
  ['as an existing secret', (value) => apiError(409, 'RESOURCE_ALREADY_EXISTS', value)],
  ['as an external manager', (value) => apiError(409, 'INVALID_STATE', `AWS_SECRETS_MANAGER ${value}`)],
  ['in hex in a page', (value) => html(403, `<pre>${Buffer.from(value).toString('hex')}</pre>`)],
  ['in a redirect', (value) => redirect(`https://evil.example/?${value}`)],
  ['in other fields', (value) => json(200, { name: value, owner: value, metastore_id: value })],
  ['as a cut value', (value) => text(200, `{"effective_value":"${value}`)],
  ['as an array', (value) => json(200, { effective_value: [value] })],
  ['as the id of the request', (value) => apiError(400, 'BAD_REQUEST', 'No.', { 'x-request-id': value })],
]

/** The calls that may answer with a value. A create and an update of other keys fail in one run. */
const CALLS: readonly (readonly string[])[] = [['GET'], ['POST', 'PATCH'], ['DELETE']]

describe.each(ECHOES)('a workspace that shows a value %s', (_, answer) => {
  test.each(CALLS.map((methods) => ({ methods })))('to $methods is not quoted', async ({ methods }) => {
    const [ours, theirs] = [
      `OURS${randomBytes(12).toString('hex').toUpperCase()}`,
      `THEIRS${randomBytes(12).toString('hex').toUpperCase()}`,
    ]
    const workspace = await startWith({
      owner: ADA,
      secrets: { old: theirs, gone: theirs, owned: { value: theirs, owner: 'grace@example.com' } },
    })
    try {
      // The run knows its own values. Of others, only a read of a value may have one.
      const shown = methods.includes('GET') ? theirs : ours
      workspace.intercept((request) =>
        methods.includes(request.method) &&
        request.path.includes('/secrets/main') !== (request.method === 'POST')
          ? answer(shown)
          : undefined,
      )
      const step = await syncTo(workspace, {
        scope: '',
        schema: 'main.storage',
        secrets: `old=${ours}\nnew=${ours}x\nowned=${ours}y`,
        'if-exists': 'compare',
        verify: 'true',
        prune: 'true',
      })
      const said = `${everythingSaid(step)}\n${asRead(step.summary)}`
      for (const value of [ours, theirs])
        for (const encoding of ['utf8', 'base64', 'hex'] as const)
          expect(said).not.toContain(Buffer.from(value).toString(encoding))
    } finally {
      await workspace.close()
    }
  })
})

/** How grants can show a value: a group may have any name. */
const IN_GRANTS: readonly (readonly [string, (value: string) => Reply])[] = [
  ['as a principal', (value) => assignments(value, 'READ_SECRET')],
  ['in a principal with MANAGE', (value) => assignments(`team ${value}`, 'MANAGE')],
  ['in a principal in capitals', (value) => assignments(value.toUpperCase(), 'WRITE_SECRET')],
  ['in a principal in base64', (value) => assignments(Buffer.from(value).toString('base64'), 'READ_SECRET')],
  ['as a privilege', (value) => assignments('[UC] Team = A', value)],
  ['as the token of a page', (value) => json(200, { next_page_token: value })],
]

function assignments(principal: string, privilege: string): Reply {
  return json(200, { privilege_assignments: [{ principal, privileges: [privilege] }] })
}

describe.each([...ECHOES, ...IN_GRANTS])('a workspace that shows a value %s', (_, answer) => {
  test.each([
    ['GET', 'schema', 'false'],
    ['GET', 'schema', 'true'],
    ['GET', 'catalog', 'false'],
    ['PATCH', 'schema', 'false'],
  ] as const)(
    'to %s of the grants on a %s, permissions-exact: %s, is not quoted',
    async (method, type, exact) => {
      const value = `OURS${randomBytes(12).toString('hex').toUpperCase()}`
      const workspace = await startWith({ owner: ADA, grants: { '[UC] Team = A': ['READ_SECRET'] } })
      try {
        workspace.intercept((request) =>
          request.method === method && request.path.includes(`/permissions/${type}/`)
            ? answer(value)
            : undefined,
        )
        // A dry run changes no grants.
        for (const dryRun of method === 'PATCH' ? ['false'] : ['true', 'false']) {
          const inputs = {
            scope: '',
            schema: 'main.storage',
            secrets: `new=${value}`,
            permissions: 'auditors=READ SECRET\nno-such-team=READ SECRET',
            'permissions-exact': exact,
            'dry-run': dryRun,
          }
          // A change that is not listed is repeated after a second.
          const step = await syncTo(workspace, inputs, { ...HURRIED, allowStderr: true })
          const said = `${everythingSaid(step)}\n${asRead(step.summary)}`
          for (const form of [value, value.toLowerCase()])
            for (const encoding of ['utf8', 'base64', 'hex'] as const)
              expect(said).not.toContain(Buffer.from(form).toString(encoding))
        }
      } finally {
        await workspace.close()
      }
    },
  )
})

// Anybody can choose the name of a group, and so of an owner.
test('names of owners and ids that contain a value are redacted', async () => {
  const value = `fake${randomBytes(12).toString('hex')}`
  const workspace = await startWith(
    { owner: ADA, secrets: { old: { value: 'fake', owner: value } } },
    { principals: [value] },
  )
  try {
    workspace.intercept(({ path }, perform) => {
      if (!path.includes('/schemas/')) return undefined
      const reply = perform()
      return json(200, { ...(JSON.parse(String(reply.body)) as object), metastore_id: value })
    })
    const inputs = { scope: '', schema: 'main.storage', secrets: `blob=${value}`, prune: 'true', owner: ADA }
    const step = await syncTo(workspace, inputs)
    expect(step.log).toContain('prune left alone keys that another principal owns: old')
    expect(everythingSaid(step)).not.toContain(value)
  } finally {
    await workspace.close()
  }
})
