import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { apiError, json, type Reply } from '../../emulator/reply.js'
import type { Interceptor } from '../../emulator/workspace.js'
import { COMMENTED, expectHidden, RUNS, runHostile, SEED } from './hostile-run.js'
import { nameLikeValue } from './secret-values.js'

/** The principals of a run, and which of them are values. */
interface Cast {
  /** A value of the map. */
  readonly value: string
  /** Another, longer one that begins with a value. */
  readonly longer: string
  readonly token: string
  readonly clientSecret: string
}

/** One way that the permissions of a scope can go. */
interface PermissionPath {
  readonly name: string
  readonly exitCode: number
  readonly inputs: (cast: Cast) => Record<string, string>
  /** The identity of the run in the response of the workspace. Default: Ada. */
  readonly me?: (cast: Cast) => string
  /** The permissions that the scope has at first, in addition to MANAGE of this run. */
  readonly listed?: (cast: Cast) => [principal: string, permission: string][]
  /** What the workspace answers to `acls/put`; default: as if it had done it, while nothing is changed. */
  readonly put?: (cast: Cast, sent: string) => Reply
  /** What it answers in place of the list. */
  readonly list?: (cast: Cast) => Reply
}

const ADA = 'ada@example.com'

/** How the name of a principal may contain a value. */
function principalsHolding(value: string): string[] {
  const bytes = Buffer.from(value)
  return [
    ...[value, `team ${value}`, `${value}@example.com`, value.slice(0, 14), value.slice(2)],
    ...[
      `a\n::add-mask::${value}`,
      `\r\n##[error]${value}`,
      `##[debug]${value}`,
      `[${value}](https://evil.example)`,
    ],
    ...[`<b>${value}</b>`, `${value.slice(0, 8)}<b></b>${value.slice(8)}`, `|${value}|`, `\u202e${value}`],
    ...[bytes.toString('hex'), bytes.toString('base64'), encodeURIComponent(`/${value}`)],
    value.replace(/./g, (character) => `&#${character.charCodeAt(0)};`),
    value.replace(/./g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
    value.replace(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`),
    'x'.repeat(2 ** 19) + value,
  ]
}

const wanting = ({ value, longer }: Cast, permission = 'READ'): string =>
  `${value}=${permission}\n${longer}=${permission}`

const all = ({ value, longer, token, clientSecret }: Cast): string[] => [value, longer, token, clientSecret]

const everything = (cast: Cast): string => all(cast).join(' ')

const PATHS: readonly PermissionPath[] = [
  {
    name: 'others in the list',
    exitCode: 0,
    inputs: () => ({ permissions: 'users=READ' }),
    listed: (cast) => [
      ['users', 'READ'],
      ...all(cast).flatMap((each) =>
        principalsHolding(each).map((principal, index): [string, string] => [principal, `${index} ${each}`]),
      ),
    ],
  },
  {
    name: 'others in the list, one at a time',
    exitCode: 0,
    inputs: (cast) => ({ permissions: `users=READ\n${cast.value}=READ`, ...COMMENTED }),
    // No more than twenty are named.
    listed: ({ value, token }) =>
      [...principalsHolding(value), token].slice(0, 19).map((each) => [each, `X ${token}`]),
  },
  {
    name: 'a dry run',
    exitCode: 0,
    inputs: (cast) => ({ permissions: wanting(cast), ...COMMENTED }),
    listed: ({ value, longer, clientSecret }) => [
      [value, `READ ${longer}`],
      [longer, clientSecret],
    ],
  },
  {
    name: 'a put that fails and echoes',
    exitCode: 1,
    inputs: (cast) => ({ permissions: wanting(cast) }),
    put: (cast, sent) => apiError(400, 'INVALID_PARAMETER_VALUE', `${sent} ${everything(cast)}`),
  },
  {
    name: 'a put that has no effect',
    exitCode: 1,
    inputs: (cast) => ({ permissions: wanting(cast) }),
  },
  {
    name: 'more failures than there are annotations',
    exitCode: 1,
    inputs: (cast) => ({
      permissions: Array.from({ length: 12 }, (_, each) => `${cast.value} ${each}=READ`).join('\n'),
    }),
    put: (cast, sent) => apiError(500, 'INTERNAL_ERROR', `##[error]${sent}\n::error::${everything(cast)}`),
  },
  {
    name: 'MANAGE that is given to none and taken from none',
    exitCode: 1,
    // Both names are in one sentence, and the longer one begins with the other.
    inputs: ({ value, longer }) => ({ permissions: `${value}=READ\n${longer}=MANAGE` }),
    listed: ({ value }) => [[value, 'MANAGE']],
    put: (cast, sent) => apiError(403, 'PERMISSION_DENIED', sent + everything(cast)),
  },
  {
    name: 'a plan that would lock us out',
    exitCode: 1,
    inputs: ({ value, longer }) => ({ permissions: `${value}=READ\n${longer}=WRITE`, ...COMMENTED }),
    me: ({ longer }) => longer,
    listed: ({ value, longer }) => [
      [value, 'MANAGE'],
      [longer, 'MANAGE'],
    ],
  },
  {
    name: 'the identity of the run is unknown',
    exitCode: 1,
    inputs: ({ value }) => ({ permissions: `${value}=READ`, ...COMMENTED }),
    me: ({ token }) => `${token} has a blank`,
    listed: ({ value }) => [[value, 'MANAGE']],
  },
  {
    name: 'a name of ours that is a value',
    exitCode: 0,
    inputs: ({ value }) => ({ permissions: `${value}=MANAGE` }),
    me: ({ value }) => value,
    listed: ({ value }) => [[value.toUpperCase(), 'MANAGE']],
    put: () => json(200, {}),
  },
  {
    name: 'a list that is refused',
    exitCode: 1,
    inputs: (cast) => ({ permissions: wanting(cast) }),
    list: (cast) => apiError(500, 'INTERNAL_ERROR', everything(cast)),
  },
  {
    name: 'a list that is refused by a code',
    exitCode: 1,
    inputs: (cast) => ({ permissions: wanting(cast), ...COMMENTED }),
    list: ({ value }) => apiError(400, value, 'No.'),
  },
  {
    name: 'a dry run without MANAGE',
    exitCode: 0,
    inputs: (cast) => ({ permissions: wanting(cast), ...COMMENTED }),
    list: (cast) => apiError(403, 'PERMISSION_DENIED', everything(cast)),
  },
  {
    name: 'principals that are credentials',
    exitCode: 1,
    inputs: (cast) => ({
      permissions: all(cast)
        .flatMap((each) => [
          `${each}=READ`,
          `=${each}`,
          `x ${each} y=MANAGE`,
          each,
          `a=${each}`,
          `\t${each}\u200b=READ`,
        ])
        .join('\n'),
    }),
  },
]

function answering({ me, listed, list, put }: PermissionPath, cast: Cast): Interceptor {
  return ({ path, rawBody, headers }) => {
    if (path.endsWith('/scim/v2/Me') && me)
      return json(200, { userName: me(cast), groups: [{ display: cast.token }] })
    if (path.endsWith('/acls/put'))
      return put?.(cast, `${headers.authorization} ${rawBody.toString()}`) ?? json(200, {})
    if (!path.endsWith('/acls/list')) return undefined
    if (list) return list(cast)
    const items = [...(me ? [] : [[ADA, 'MANAGE']]), ...(listed?.(cast) ?? [])]
    return json(200, { items: items.map(([principal, permission]) => ({ principal, permission })) })
  }
}

// A principal may be a value of the map, an application id for one, and what the workspace lists may be anything.
describe('permissions whose principals contain values:', () => {
  test.each(PATHS)('$name', async (leakPath) => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(nameLikeValue, nameLikeValue, nameLikeValue, nameLikeValue),
        async (values) => {
          const [value, rest, token, clientSecret] = values
          // As a code of Databricks, where it is taken for one.
          const cast = {
            value: leakPath.name.includes('code') ? `K${value.toUpperCase().replace(/\W/g, '_')}` : value,
            longer: '',
            token,
            clientSecret,
          }
          cast.longer = cast.value + rest
          const left = await runHostile({
            identity: { token, name: ADA },
            inputs: {
              secrets: JSON.stringify({ A: cast.value, B: rest, C: cast.longer }),
              'auth-type': 'pat',
              ...leakPath.inputs(cast),
            },
            step: { env: { ARM_CLIENT_SECRET: clientSecret } },
            workspace: (workspace) => void workspace.intercept(answering(leakPath, cast)),
          })
          expectHidden(left, { known: [...all(cast), rest] })
          expect([left.step.exitCode, left.step.log]).toEqual([
            leakPath.exitCode,
            expect.stringMatching(/permission/i),
          ])
        },
      ),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
  })
})
