import { describe, expect, test } from '@jest/globals'

import { readPermissionInputs } from '../../src/inputs/permissions.js'

const CREDENTIAL = 'fake-credential'

function read(text: string) {
  return readPermissionInputs(text, (principal) => principal.includes(CREDENTIAL))
}

describe('permissions', () => {
  // A principal that is read wrongly grants somebody else the secrets, or nobody.
  test.each([
    ['a user', 'ada@example.com=READ', [['ada@example.com', 'READ']]],
    [
      'a service principal',
      '00000000-0000-4000-8000-00000000c1c1=WRITE',
      [['00000000-0000-4000-8000-00000000c1c1', 'WRITE']],
    ],
    ['a group with blanks and brackets', '[UC] Team A=MANAGE', [['[UC] Team A', 'MANAGE']]],
    ['a group with an equals sign', '[UC] Team = A=READ', [['[UC] Team = A', 'READ']]],
    ['a group that ends like a permission', 'team=READ=WRITE', [['team=READ', 'WRITE']]],
    ['an equals sign at the start', '==READ', [['=', 'READ']]],
    ['blanks around both', '  data team  =  READ\t', [['data team', 'READ']]],
    ['colons, quotes and hashes', 'a: "b" #c=READ', [['a: "b" #c', 'READ']]],
    ['letters of any script, joined too', 'Ärzte 数据 👩\u200d🔬=READ', [['Ärzte 数据 👩\u200d🔬', 'READ']]],
    ['256 characters', `${'👩'.repeat(256)}=READ`, [['👩'.repeat(256), 'READ']]],
    [
      'Windows line ends',
      'a=READ\r\nb=WRITE\r\n',
      [
        ['a', 'READ'],
        ['b', 'WRITE'],
      ],
    ],
    ['empty lines and comments', '\n# a=READ\n \n  # b=READ\nc=READ\n', [['c', 'READ']]],
    ['nothing', '', []],
  ])('takes %s', (_, text, expected) => {
    const { permissions, errors } = read(text)
    expect(errors).toEqual([])
    expect(permissions.map(({ principal, permission }) => [principal, permission])).toEqual(expected)
  })

  // The line and what it should have been are all that a user has to find the mistake by.
  test.each([
    ['no equals sign', 'data-team READ', 'Write principal=READ'],
    ['a colon', 'data-team: READ', 'Write principal=READ'],
    ['no permission', 'data-team=', 'Write principal=READ'],
    ['a permission in lower case', 'data-team=read', 'Write principal=READ'],
    ['a permission that there is not', 'data-team=ADMIN', 'Write principal=READ'],
    ['the two the wrong way round', 'READ=data-team', 'Write principal=READ'],
    ['two permissions', 'data-team=READ,WRITE', 'Write principal=READ'],
    ['a comment behind it', 'data-team=READ # why', 'Write principal=READ'],
    ['no principal, of an expression that is empty', '=READ', 'no principal'],
    ['a blank principal', ' \t=READ', 'no principal'],
    ['257 characters', `${'a'.repeat(257)}=READ`, 'more than 256'],
    ['a tab inside', 'data\tteam=READ', 'cannot be seen'],
    ['a CR inside', 'data\rteam=READ', 'cannot be seen'],
    ['a zero-width blank', 'data\u200bteam=READ', 'cannot be seen'],
    ['a mark of writing direction', 'data\u202eteam=READ', 'cannot be seen'],
    ['a line separator', 'data\u2028team=READ', 'cannot be seen'],
    ['half of a surrogate pair', 'data\ud83dteam=READ', 'cannot be seen'],
    ['bytes that were no UTF-8', 'data\ufffdteam=READ', 'cannot be seen'],
    ['a command of the runner', 'a##[group]b=READ', 'takes for a command'],
    ['a credential', `x-${CREDENTIAL}=READ`, 'signs in with'],
  ])('refuses %s', (_, line, message) => {
    const { errors } = read(`# who\nfirst=READ\n${line}\nlast=READ`)
    expect(errors).toMatchObject([
      { input: 'permissions', line: 3, message: expect.stringContaining(message) },
    ])
    expect(errors[0]?.message).not.toContain(line.trim())
  })

  // Of two lines for one principal only the last would count, and not even that is sure.
  test.each([
    ['twice', 'data-team', 'data-team'],
    ['in another case', 'Ada@Example.com', 'ada@example.com'],
    ['with blanks', 'data-team', ' data-team '],
  ])('refuses a principal that is named %s', (_, one, other) => {
    expect(read(`${one}=READ\nx=READ\n${other}=MANAGE`).errors).toMatchObject([
      { line: 3, message: expect.stringContaining('permissions, line 1') },
    ])
  })

  test('tells of all lines at once', () => {
    expect(read('a\nb=READ\n=READ\nB=READ').errors.map(({ line }) => line)).toEqual([1, 3, 4])
  })
})
