import { apiError, html, text, type Reply } from '../../emulator/reply.js'
import type { Refusal } from '../refusals.js'
import { REFUSALS } from '../refusals.js'
import type { Case } from './case.js'

/** A case in which a gateway in front of the API rejects each write. */
function always(title: string, refusal: Refusal, reply: Reply): Case {
  return {
    title,
    needs: ['emulator'],
    ownReply: true,
    async play(world) {
      await world.givenScope()
      world.emulator.intercept(({ path }) => (path.endsWith('/secrets/put') ? reply : undefined))
      await world.refused({ do: 'putString', scope: world.scope, key: 'key', value: 'fake-value' }, refusal)
    },
  }
}

/** A case with one transient error of a write: a client retries it or reports it. */
function once(title: string, refusal: Refusal & { code: string }): Case {
  return {
    title,
    needs: ['emulator'],
    ownReply: true,
    async play(world) {
      await world.givenScope()
      const { status, code } = refusal
      let left = 1
      world.emulator.intercept(({ path }) =>
        path.endsWith('/secrets/put') && left-- > 0
          ? apiError(status, code, 'Try again later.', { 'retry-after': '0' })
          : undefined,
      )
      const put = { do: 'putString', scope: world.scope, key: 'key', value: 'fake-value' } as const
      if (world.clientRetries(refusal)) {
        await world.done(put)
        world.agree('the number of puts', world.emulator.requests.to('secrets/put').length, 2)
      } else {
        await world.refused(put, refusal)
      }
    },
  }
}

const BROKEN_PAGE = '<html><body><h2>HTTP ERROR 500</h2><pre>Something broke</pre></body></html>'

/** A workspace on a host with other workspaces. */
const ONE_OF_SEVERAL = { workspaceId: '1234567890', requireWorkspaceId: true } as const

/** Authentication of API calls, and gateways in front of the API. */
export const CALLER_CASES: readonly Case[] = [
  {
    title: 'who am I',
    async play(world) {
      const { name } = await world.done({ do: 'whoAmI' })
      world.agree('the name', name, await world.caller())
    },
  },
  {
    title: 'a wrong token',
    async play(world) {
      const target = { ...world.target, token: 'fake-token-of-nobody' }
      await world.refused({ do: 'listScopes' }, REFUSALS.tokenInvalid, target)
    },
  },
  {
    title: 'a host of several workspaces: with the id',
    needs: ['emulator'],
    workspace: ONE_OF_SEVERAL,
    async play(world) {
      world.emulator.store.createScope('storage')
      const { workspaceId } = ONE_OF_SEVERAL
      const scopes = await world.done({ do: 'listScopes' }, { ...world.target, workspaceId })
      world.agree(
        'the scopes',
        scopes.map(({ name }) => name),
        ['storage'],
      )
      const [request] = world.emulator.requests.to('secrets/scopes/list')
      // Clients send one of the two names.
      const named = request?.headers['x-databricks-workspace-id'] ?? request?.headers['x-databricks-org-id']
      world.agree('the id in the header', named, workspaceId)
    },
  },
  {
    title: 'a host of several workspaces: without the id',
    needs: ['emulator'],
    workspace: ONE_OF_SEVERAL,
    async play(world) {
      await world.sentToLogin({ do: 'listScopes' })
    },
  },
  always(
    'an IP access list',
    { status: 403, code: 403, message: 'is blocked by Databricks IP ACL' },
    apiError(403, 403, 'Source IP address: 192.0.2.1 is blocked by Databricks IP ACL for workspace: 1'),
  ),
  always(
    'another organisation',
    { status: 403, code: 403, message: 'Unauthorized access to Org' },
    apiError(403, 403, 'Unauthorized access to Org: 1'),
  ),
  always(
    'an identity outside the workspace',
    { status: 500, code: 'INTERNAL_ERROR' },
    apiError(500, 'INTERNAL_ERROR', 'The service principal is not in the workspace.'),
  ),
  always(
    'a gateway in plain text',
    { status: 502, code: undefined, message: 'Bad Gateway' },
    text(502, 'Bad Gateway'),
  ),
  always(
    'a gateway that has waited in vain',
    { status: 504, code: undefined, message: 'upstream request timeout' },
    text(504, 'upstream request timeout'),
  ),
  always(
    'a gateway in HTML',
    { status: 500, code: undefined, message: 'Something broke', body: BROKEN_PAGE },
    html(500, BROKEN_PAGE),
  ),
  always(
    'the old form of errors',
    { status: 500, code: undefined, message: 'Something broke', body: 'INTERNAL_ERROR: Something broke' },
    text(500, 'INTERNAL_ERROR: Something broke'),
  ),
  always(
    'no usable token',
    { status: 401, code: 401, message: 'Credential was not sent' },
    apiError(401, 401, 'Credential was not sent or was of an unsupported type for this API.'),
  ),
  once('throttled: REQUEST_LIMIT_EXCEEDED', { status: 429, code: 'REQUEST_LIMIT_EXCEEDED' }),
  once('throttled: RESOURCE_EXHAUSTED', { status: 429, code: 'RESOURCE_EXHAUSTED' }),
  once('unavailable: TEMPORARILY_UNAVAILABLE', { status: 503, code: 'TEMPORARILY_UNAVAILABLE' }),
]
