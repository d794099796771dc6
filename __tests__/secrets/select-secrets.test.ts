import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { SecretValue } from '../../src/secret-value.js'
import { validateMap } from '../../src/secrets/validate-map.js'
import { SELECTION_INPUTS, readSources, SOURCE_INPUTS, type Sources } from '../../src/secrets/sources.js'
import { SCOPE_LIMITS } from '../../src/stores/scope.js'

const NONE = Object.fromEntries(
  [...SOURCE_INPUTS, ...SELECTION_INPUTS].map((input) => [input, '']),
) as Sources
const TOKEN = new SecretValue('fake-token')

function readAll(inputs: Partial<Sources>, mayBeEmpty = false) {
  return readSources(
    { ...NONE, ...inputs },
    { env: {}, workspace: '.', credentials: [TOKEN], limits: SCOPE_LIMITS, mayBeEmpty },
  )
}

/** The map as JSON, chosen from; the values say `fake-` and the name. */
function choose(names: readonly string[], inputs: Partial<Sources> = {}) {
  const secrets = `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(`fake-${name}`)}`).join()}}`
  const { entries, errors, onlyMasked } = readAll({ secrets, ...inputs })
  return {
    keys: entries.map(({ key }) => key),
    errors: errors.map(({ input, line, name }) => [input, name ?? line ?? ''].join(':')),
    messages: errors.map(({ message }) => message),
    unused: onlyMasked.map((value) => value.reveal()),
  }
}

describe('include and exclude', () => {
  test('select what include matches and exclude does not, and return the rest so that it is masked', () => {
    const names = ['PROD_A', 'PROD_B', 'TEST_A', 'github_token']
    expect(choose(names, { include: 'prod_*', exclude: '# not yet\n*_b' })).toMatchObject({
      keys: ['PROD_A'],
      errors: [],
      unused: ['fake-PROD_B', 'fake-TEST_A', 'fake-github_token'],
    })
    expect(choose(names.slice(0, 3), { exclude: 'TEST_?' }).keys).toEqual(['PROD_A', 'PROD_B'])
  })

  // A typo in exclude copies a secret that should be left out.
  test('refuse a pattern that matches nothing, by its line', () => {
    const { errors } = choose(['A', 'B'], { include: '*\nC', exclude: '\nB\nBB\n' })
    expect(errors).toEqual(['include:2', 'exclude:3'])
    expect(choose(['A', 'github_token'], { include: '*', exclude: 'github_token' }).errors).toEqual([])
  })

  // An empty secret of another environment must not stop this step.
  test('leave out names without validating their values and keys', () => {
    const secrets = '{"A":"fake","EMPTY":"","NULL":null,"NUMBER":1,"NO KEY":"x"}'
    expect(readAll({ secrets, include: 'A' }).errors).toEqual([])
    expect(readAll({ secrets, exclude: 'N*\nEMPTY' }).errors).toEqual([])
    expect(readAll({ secrets }).errors).toHaveLength(4)
  })

  test('report errors of the document itself', () => {
    expect(readAll({ secrets: '{"A":"1","B":"2","B":"3"}', exclude: 'B' }).errors).toHaveLength(1)
    // But no unmatched pattern, because some names are unknown.
    expect(readAll({ secrets: '{"A":"1"', include: 'B' }).errors).toHaveLength(1)
  })

  test('must not leave out everything', () => {
    expect(choose(['A'], { exclude: 'A' }).messages).toEqual([
      expect.stringContaining('the JSON object contains no secret'),
    ])
    expect(readAll({ secrets: '{"A":"1"}', exclude: 'A' }, true).errors).toHaveLength(1)
    expect(readAll({}, true).errors).toEqual([])
  })

  // A user who sets them together with lines would believe that they have an effect.
  test.each([
    ['include', '*'],
    ['exclude', 'a'],
    ['key-strip-prefix', 'a'],
    ['key-case', 'kebab'],
  ] as const)('and %s are for JSON and dotenv maps alone', (input, text) => {
    const { errors } = readAll({ secrets: 'a=fake', [input]: text })
    expect(errors).toEqual([
      { input, message: expect.stringContaining('only to the names of a JSON or dotenv map') },
    ])
  })

  test('but key-prefix and defaults may be set with lines', () => {
    expect(
      readAll({ secrets: 'a=fake\nX-b=fake', 'key-prefix': 'x-', 'key-case': 'keep', include: ' \n' }).errors,
    ).toEqual([])
  })

  // Otherwise a key is written without the expected prefix, and the key with the prefix is pruned.
  test('and a prefix that no line has is refused', () => {
    expect(readAll({ secrets: 'a=fake', 'key-prefix': 'x-' }).errors).toEqual([
      { input: 'key-prefix', message: expect.stringContaining('no key of the map begins with this') },
    ])
  })
})

// Without include, all credentials of the repository would be copied, and each new one too.
describe('the whole secrets context', () => {
  const NAMES = ['A', 'B', 'GitHub_Token']

  test('requires include, and the error has the number of names', () => {
    const { errors, messages, keys, unused: onlyMasked } = choose(NAMES)
    expect(errors).toEqual(['secrets:'])
    expect(messages).toEqual([expect.stringContaining('2 names')])
    expect(keys).toEqual([])
    expect(onlyMasked).toHaveLength(3)
    for (const include of ['', '# nothing', '\n']) {
      expect(choose(NAMES, { include, exclude: 'B' }).errors).toEqual(['secrets:'])
    }
  })

  test('is copied completely with the pattern *', () => {
    expect(choose(NAMES, { include: '*' })).toMatchObject({ keys: ['A', 'B'], errors: [] })
  })

  test('has no second error if the pattern is invalid', () => {
    expect(choose(NAMES, { include: '[A]' }).errors).toEqual(['include:1'])
  })

  test('is not every JSON object', () => {
    expect(choose(['A', 'B'])).toMatchObject({ keys: ['A', 'B'], errors: [] })
  })
})

describe('the names as keys', () => {
  test('are made in this order, for every name', () => {
    expect(
      choose(['PROD_API_KEY', 'DB'], {
        'key-strip-prefix': 'prod_',
        'key-case': 'kebab',
        'key-prefix': 'team-',
      }).keys,
    ).toEqual(['team-api-key', 'team-db'])
  })

  test('require at least one name with the prefix', () => {
    expect(choose(['A', 'B_C'], { 'key-strip-prefix': 'C' }).errors).toEqual(['key-strip-prefix:'])
    expect(choose(['C_A', 'B'], { 'key-strip-prefix': 'C_', include: 'B' }).errors).toEqual([
      'key-strip-prefix:',
    ])
  })

  // One of two values would be lost, and nobody sees the lines of toJSON(secrets).
  test('are refused if two names become one key, and the error has both names', () => {
    const { errors, messages } = choose(['API_KEY', 'api.key', 'OTHER'], { 'key-case': 'kebab' })
    expect(errors).toEqual(['secrets:api.key'])
    expect(messages).toEqual([expect.stringContaining('same key as secrets, API_KEY (line 1, column 2)')])
  })

  test('are refused if they are invalid', () => {
    expect(choose(['__', 'A'], { 'key-case': 'kebab' }).errors).toEqual(['secrets:__'])
    expect(choose(['X_', 'A'], { 'key-strip-prefix': 'X_' }).errors).toEqual(['secrets:X_'])
    // Only the prefix is not a valid key either.
    const alone = choose(['X_', 'A'], { 'key-strip-prefix': 'X_', 'key-prefix': 'app-' })
    expect(alone.errors).toEqual(['secrets:X_'])
    expect(alone.messages).toEqual([expect.stringContaining('nothing is left of the name')])
    expect(choose(['A'.repeat(126)], { 'key-prefix': 'abc' }).errors).toEqual([`secrets:${'A'.repeat(126)}`])
    expect(choose(['A B'], { 'key-case': 'kebab' }).errors).toEqual(['secrets:1'])
  })

  // A password in lower case is still a leak.
  test('contain no value, case-insensitive', () => {
    const secrets = '{"A":"FAKE_PASS_16_CHR","MY_FAKE_PASS_16_CHR":"1"}'
    expect(readAll({ secrets, 'key-case': 'lower' }).errors).toHaveLength(1)
    // The removed prefix is not stored.
    expect(readAll({ secrets, 'key-strip-prefix': 'MY_FAKE_PASS_16_', 'key-prefix': 'x' }).errors).toEqual([])
  })
})

describe('the names in errors', () => {
  test('are printed, also of secrets that are not visible to the job', () => {
    expect(readAll({ secrets: '{"GONE":null,"EMPTY":""}' }).errors.map(({ name }) => name)).toEqual([
      'GONE',
      'EMPTY',
    ])
  })

  // A step of the job wrote the file, so the visibility of secrets is not the reason.
  test('say where to look for an empty value', () => {
    const { errors } = readAll({ secrets: '{"A":""}' })
    expect(errors[0]?.message).toContain('not visible to this job')
    const location = { input: 'secrets-file', line: 1 }
    const entry = { key: 'a', value: new SecretValue(''), location }
    expect(validateMap([entry], [], SCOPE_LIMITS)[0]?.message).toContain('the step that writes the file')
  })

  // The name may be a value of another name, or a credential of this run.
  test.each([
    ['a value', '{"x-fake-piece":null,"a":"fake-piece"}'],
    ['a line of a value', '{"x-fake-piece":null,"a":"b\\nfake-piece"}'],
    ['a value that is left out', '{"x-fake-piece":null,"github_token":"fake-piece"}'],
    ['a value that is nested too deeply', '{"x-fake-piece":null,"a":{"b":["fake-piece"]}}'],
    ['the credential', '{"x-fake-token":null}'],
    ['an invalid key', '{"fake piece":null}'],
  ])('are not printed if they contain %s', (_, secrets) => {
    expect(JSON.stringify(readAll({ secrets }).errors)).not.toMatch(/fake.(?:piece|token)/)
  })
})

// Otherwise a missing secret shows only when a job fails later.
test('no name is lost: each is written, left out, or reported', () => {
  const name = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'B', '_', '-', '.', '1'), minLength: 1, maxLength: 4 }),
    fc.constantFrom('github_token', '__proto__', 'a b', ''),
  )
  const value = fc.constantFrom('"fake-1"', '""', 'null', '1', '{}', '"fake-token"')
  const member = fc.record({ name, value })
  const inputs = fc.record({
    include: fc.constantFrom('', '*', 'a*\nB*', '?'),
    exclude: fc.constantFrom('', '*a', '??'),
    'key-strip-prefix': fc.constantFrom('', 'a', 'B'),
    'key-case': fc.constantFrom('', 'lower', 'kebab'),
    'key-prefix': fc.constantFrom('', 'x-'),
  })
  fc.assert(
    fc.property(fc.array(member, { maxLength: 10 }), inputs, (members, inputs) => {
      const secrets = `{${members.map(({ name, value }) => `${JSON.stringify(name)}:${value}`).join(',\n')}}`
      const { entries, errors, onlyMasked, omitted } = readAll({ secrets, ...inputs })
      const strings = members.filter(({ value }) => value.startsWith('"'))
      const masked = [...entries.map(({ location }) => location.line), ...omitted, ...onlyMasked]
      expect(masked.length).toBeGreaterThanOrEqual(strings.length)
      if (errors.some(({ line }) => line === undefined)) return
      const reported = new Set(
        [...entries.map(({ location }) => location), ...errors].map(({ line }) => line),
      )
      const isOut = (name: string): boolean =>
        name === 'github_token' ||
        (inputs.include !== '' &&
          readAll({ secrets: `{${JSON.stringify(name)}:"1"}`, include: inputs.include }).entries.length === 0)
      for (const [index, { name, value }] of members.entries()) {
        if (inputs.exclude !== '' || isOut(name) || value === '"fake-token"') continue
        expect([name, reported.has(index + 1)]).toEqual([name, true])
      }
      if (errors.length > 0) return
      const keys = entries.map(({ key }) => key.toLowerCase())
      expect(new Set(keys).size).toBe(keys.length)
    }),
    { numRuns: 500 },
  )
})
