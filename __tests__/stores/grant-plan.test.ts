import { describe, expect, test } from '@jest/globals'

import type { Identity } from '../../src/databricks/identity-api.js'
import { planGrants, type CurrentGrants } from '../../src/stores/grant-plan.js'

const ADA = { name: 'ada@example.com', groups: ['data-team'] }

type Table = Readonly<Record<string, string>>

interface Setup {
  readonly me?: Identity | undefined
  readonly exact?: boolean
  readonly owner?: string
  readonly catalog?: Table
}

function grantsOf(table: Table): CurrentGrants['grants'] {
  return Object.entries(table).map(([principal, text]) => ({ principal, privileges: text.split(' ') }))
}

/** The plan for a schema as a person would note it. */
function noted(
  desired: Table,
  current: Table,
  { exact = false, owner, catalog, ...rest }: Setup = {},
): string[] {
  const me = 'me' in rest ? rest.me : ADA
  const { permissions, others, otherAccess } = planGrants(
    'schema',
    { lines: Object.entries(desired).map(([principal, permission]) => ({ principal, permission })), exact },
    {
      grants: grantsOf(current),
      owner,
      inherited: catalog === undefined ? [] : [{ from: 'catalog', grants: grantsOf(catalog) }],
    },
    me,
  )
  return [
    ...permissions.map((each) =>
      each.action === 'remove'
        ? `remove ${each.principal}: ${each.permission}`
        : `${each.action} ${each.principal}: ${each.from ?? 'none'} → ${each.permission}`,
    ),
    ...others.map(
      ({ principal, permission, mayBeOurs }) =>
        `other ${principal}: ${permission}${mayBeOurs ? ', needed' : ''}`,
    ),
    ...(otherAccess ?? []).map(({ principal, access }) => `access ${principal}: ${access}`),
  ]
}

describe('the plan for a schema', () => {
  // If this fails, a principal can read secrets that it should not read, or a job cannot read its own.
  test.each<[string, Table, Table, Setup, string[]]>([
    ['grants', { etl: 'READ SECRET' }, {}, {}, ['set etl: none → READ SECRET']],
    [
      'leaves alone what is set',
      { etl: 'READ SECRET' },
      { etl: 'SELECT READ_SECRET' },
      {},
      ['unchanged etl: READ SECRET → READ SECRET'],
    ],
    [
      'sets the four privileges exactly, in one order',
      { etl: 'CREATE SECRET, READ SECRET' },
      { etl: 'WRITE_SECRET READ_SECRET' },
      {},
      ['set etl: READ SECRET, WRITE SECRET → READ SECRET, CREATE SECRET'],
    ],
    [
      'grants again if a group is listed in other capitals',
      { etl: 'READ SECRET' },
      { ETL: 'READ_SECRET' },
      {},
      ['set etl: READ SECRET → READ SECRET', 'other ETL: READ SECRET'],
    ],
    [
      'names others, but none without a privilege on secrets',
      { etl: 'READ SECRET' },
      { eve: 'READ_SECRET', bob: 'SELECT' },
      {},
      ['set etl: none → READ SECRET', 'other eve: READ SECRET'],
    ],
    [
      'reports owners, managers and inherited grants',
      { etl: 'READ SECRET' },
      { admins: 'MANAGE ALL_PRIVILEGES', [ADA.name]: 'MANAGE' },
      { owner: 'platform', catalog: { eve: 'READ_SECRET USE_CATALOG', bob: 'SELECT' } },
      [
        'set etl: none → READ SECRET',
        'access platform: owner of the schema',
        'access admins: MANAGE, ALL PRIVILEGES on the schema',
        'access eve: READ SECRET on the catalog',
      ],
    ],
  ])('%s', (_, desired, current, setup, expected) => {
    expect(noted(desired, current, setup)).toEqual(expected)
  })

  // If this fails, the next run cannot write, or a principal keeps its access.
  test.each<[string, Table, Setup, string[]]>([
    [
      'removes what the input does not name, and only the four',
      { eve: 'READ_SECRET SELECT', bob: 'MODIFY' },
      {},
      ['remove eve: READ SECRET'],
    ],
    ['keeps our own', { 'ADA@example.com': 'CREATE_SECRET' }, {}, []],
    [
      'keeps those of our groups',
      { 'data-team': 'CREATE_SECRET', 'account users': 'READ_SECRET' },
      {},
      ['other data-team: CREATE SECRET, needed', 'other account users: READ SECRET, needed'],
    ],
    [
      'removes those of our groups if we have them under our name',
      { 'account users': 'READ_SECRET', [ADA.name]: 'READ_SECRET WRITE_SECRET' },
      {},
      ['remove account users: READ SECRET'],
    ],
    [
      'removes those of our groups if we own the schema',
      { 'account users': 'READ_SECRET' },
      { owner: 'data-team' },
      ['remove account users: READ SECRET', 'access data-team: owner of the schema'],
    ],
    [
      'keeps what may be the same group in other capitals',
      { ETL: 'WRITE_SECRET' },
      {},
      ['other ETL: WRITE SECRET'],
    ],
    ['never removes MANAGE', { eve: 'MANAGE' }, {}, ['access eve: MANAGE on the schema']],
  ])('with permissions-exact, %s', (_, current, setup, expected) => {
    const [, ...rest] = noted({ etl: 'READ SECRET' }, current, { ...setup, exact: true })
    expect(rest).toEqual(expected)
  })

  test('is refused with permissions-exact if the identity of this run is unknown', () => {
    expect(() =>
      noted({ etl: 'READ SECRET' }, { eve: 'READ_SECRET' }, { me: undefined, exact: true }),
    ).toThrow('The input permissions-exact removes the permission of "eve"')
  })
})
