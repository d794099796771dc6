import { describe, expect, test } from '@jest/globals'

import { InputErrors } from '../../src/inputs/input-errors.js'
import { readPermissionInputs, readPermissions } from '../../src/inputs/permissions.js'

const CREDENTIAL = 'fake-credential'

function read(text: string, target: 'scope' | 'schema' | 'secret' = 'scope') {
  const errors = new InputErrors()
  const permissions = readPermissionInputs(
    text,
    target,
    (principal) => principal.includes(CREDENTIAL),
    errors,
  )
  return { permissions, errors: errors.all }
}

describe('permissions', () => {
  // A misread principal gives access to the wrong user, or to no user.
  test.each([
    ['a user', 'ada@example.com=READ', [['ada@example.com', 'READ']]],
    [
      'a service principal',
      '00000000-0000-4000-8000-00000000c1c1=WRITE',
      [['00000000-0000-4000-8000-00000000c1c1', 'WRITE']],
    ],
    ['a group with spaces and brackets', '[UC] Team A=MANAGE', [['[UC] Team A', 'MANAGE']]],
    ['a group with an equals sign', '[UC] Team = A=READ', [['[UC] Team = A', 'READ']]],
    ['a group that ends like a permission', 'team=READ=WRITE', [['team=READ', 'WRITE']]],
    ['an equals sign at the start', '==READ', [['=', 'READ']]],
    ['spaces around both', '  data team  =  READ\t', [['data team', 'READ']]],
    ['colons, quotes and hashes', 'a: "b" #c=READ', [['a: "b" #c', 'READ']]],
    ['letters of any script, also joined', 'Ärzte 数据 👩\u200d🔬=READ', [['Ärzte 数据 👩\u200d🔬', 'READ']]],
    ['256 characters', `${'👩'.repeat(256)}=READ`, [['👩'.repeat(256), 'READ']]],
    [
      'Windows line endings',
      'a=READ\r\nb=WRITE\r\n',
      [
        ['a', 'READ'],
        ['b', 'WRITE'],
      ],
    ],
    ['empty lines and comments', '\n# a=READ\n \n  # b=READ\nc=READ\n', [['c', 'READ']]],
    [
      'any case',
      'a=read\nb=Manage',
      [
        ['a', 'READ'],
        ['b', 'MANAGE'],
      ],
    ],
    ['nothing', '', []],
  ])('accepts %s', (_, text, expected) => {
    const { permissions, errors } = read(text)
    expect(errors).toEqual([])
    expect(permissions.map(({ principal, permission }) => [principal, permission])).toEqual(expected)
  })

  // The user can find the mistake only by the line and by what to write.
  test.each([
    ['no equals sign', 'data-team READ', 'Write principal=READ'],
    ['a colon', 'data-team: READ', 'Write principal=READ'],
    ['no permission', 'data-team=', 'Write READ, WRITE or MANAGE after the principal'],
    ['an unknown permission', 'data-team=ADMIN', 'Write READ, WRITE or MANAGE after the principal'],
    ['both in the wrong order', 'READ=data-team', 'Write READ, WRITE or MANAGE after the principal'],
    ['two permissions', 'data-team=READ,WRITE', 'Write READ, WRITE or MANAGE after the principal'],
    ['a comment after it', 'data-team=READ # why', 'Write READ, WRITE or MANAGE after the principal'],
    ['no principal, from an empty expression', '=READ', 'no principal'],
    ['a blank principal', ' \t=READ', 'no principal'],
    ['257 characters', `${'a'.repeat(257)}=READ`, 'more than 256'],
    ['a tab inside', 'data\tteam=READ', 'invisible character'],
    ['a CR inside', 'data\rteam=READ', 'invisible character'],
    ['a zero-width space', 'data\u200bteam=READ', 'invisible character'],
    ['a text direction mark', 'data\u202eteam=READ', 'invisible character'],
    ['a line separator', 'data\u2028team=READ', 'invisible character'],
    ['half of a surrogate pair', 'data\ud83dteam=READ', 'invisible character'],
    ['bytes that were not UTF-8', 'data\ufffdteam=READ', 'invisible character'],
    ['a command of the runner', 'a##[group]b=READ', 'reads as a command'],
    ['a credential', `x-${CREDENTIAL}=READ`, 'a credential of this run'],
  ])('refuses %s', (_, line, message) => {
    const { errors } = read(`# comment\nfirst=READ\n${line}\nlast=READ`)
    expect(errors).toMatchObject([
      { input: 'permissions', line: 3, message: expect.stringContaining(message) },
    ])
    expect(errors[0]?.message).not.toContain(line.trim())
  })

  // Of two lines for one principal, only the last would count, and even that is not sure.
  test.each([
    ['twice', 'data-team', 'data-team'],
    ['in another case', 'Ada@Example.com', 'ada@example.com'],
    ['with spaces', 'data-team', ' data-team '],
  ])('refuses a principal that is named %s', (_, one, other) => {
    expect(read(`${one}=READ\nx=READ\n${other}=MANAGE`).errors).toMatchObject([
      { line: 3, message: expect.stringContaining('permissions, line 1') },
    ])
  })

  test('reports all lines at once', () => {
    expect(read('a\nb=READ\n=READ\nB=READ').errors.map(({ line }) => line)).toEqual([1, 3, 4])
  })
})

describe('the permissions of a schema', () => {
  test.each([
    ['READ SECRET', 'READ SECRET'],
    ['read_secret', 'READ SECRET'],
    ['CREATE_SECRET , Write Secret,READ SECRET, READ_SECRET', 'READ SECRET, WRITE SECRET, CREATE SECRET'],
    ['REFERENCE SECRET', 'REFERENCE SECRET'],
  ])('can be written as %s', (text, expected) => {
    expect(read(`[UC] Team = A=${text}`, 'schema')).toEqual({
      permissions: [{ principal: '[UC] Team = A', permission: expected }],
      errors: [],
    })
  })

  // A translation between the two would grant other access than was meant.
  test.each<['scope' | 'schema' | 'secret', string, string]>([
    ['schema', 'READ', 'READ is a permission on a scope. On a schema, write READ SECRET'],
    ['schema', 'READ SECRET, write', 'WRITE is a permission on a scope. On a schema, write WRITE SECRET'],
    [
      'schema',
      'MANAGE',
      'MANAGE on a schema is not set by this action, because it concerns tables and volumes too.',
    ],
    ['schema', 'all_privileges', 'ALL PRIVILEGES on a schema is not set'],
    ['schema', 'SELECT', 'not a privilege on a schema'],
    ['schema', 'READ SECRET,', 'not a privilege on a schema'],
    ['secret', 'CREATE SECRET', 'CREATE SECRET is a privilege on a schema.'],
    ['scope', 'READ SECRET', 'READ SECRET is a privilege on a schema. On a scope, write READ'],
    [
      'scope',
      'create_secret',
      'CREATE SECRET is a privilege on a schema. On a scope, write READ, WRITE or MANAGE',
    ],
  ])('on a %s, %s is an error with the right word', (target, text, message) => {
    const { permissions, errors } = read(`team=${text}`, target)
    expect(permissions).toEqual([])
    expect(errors.map((each) => each.message)).toEqual([expect.stringContaining(message)])
  })

  test('are not quoted in an error, because a part may be a value', () => {
    expect(read('team=READ SECRET, fake-part', 'schema').errors[0]?.message).not.toContain('fake-part')
  })
})

describe('permissions-exact', () => {
  function readExact(permissions: string, exact = 'true') {
    const errors = new InputErrors()
    const texts = (input: string): string => (input === 'permissions' ? permissions : exact)
    return { result: readPermissions(texts, 'scope', () => false, errors), errors: errors.all }
  }

  // If this fails, an expression that is empty by mistake removes the permissions of everybody.
  test.each(['', ' \n', '# a=READ'])('needs a principal, and %j names none', (text) => {
    expect(readExact(text).errors).toMatchObject([{ input: 'permissions-exact' }])
    expect(readExact(text, 'false').errors).toEqual([])
  })

  test('is part of what is asked for', () => {
    expect(readExact('a=READ').result).toEqual({
      lines: [{ principal: 'a', permission: 'READ' }],
      exact: true,
    })
    // The error of the line is enough.
    expect(readExact('a=X').errors).toMatchObject([{ input: 'permissions' }])
  })
})
