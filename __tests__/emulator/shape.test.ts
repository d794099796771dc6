import { expect, test } from '@jest/globals'
import { plainName, shapeOf } from '../../emulator/shape.js'

// Otherwise a difference from real responses would not be found, or a published shape could contain a value.
test.each<[unknown, unknown]>([
  ['fake value', 'string'],
  [12.5, 'number'],
  [false, 'boolean'],
  [null, 'null'],
  [{}, {}],
  [[], []],
  [['fake', 'value'], ['string']],
  [[1, 'fake', null], ['null|number|string']],
  [[[], {}], ['array|object']],
  [[[1], ['fake']], [['number|string']]],
  [
    { scopes: [{ name: 'theirs', keyvault_metadata: { dns_name: 'fake' } }, { name: 'ours' }] },
    { scopes: [{ name: 'string', 'keyvault_metadata?': { dns_name: 'string' } }] },
  ],
  [{ a: { b: { c: { d: { e: { f: {} } } } } } }, { a: { b: { c: { d: { e: { f: '...' } } } } } }],
])('the shape of %j is %j', (value, shape) => {
  expect(shapeOf(value)).toEqual(shape)
})

// Otherwise one hostile request could stop the emulator.
test('hostile JSON has a small shape too', () => {
  expect(shapeOf(JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)))).toEqual([[[[[['...']]]]]])
  expect(JSON.stringify(shapeOf(JSON.parse('{"__proto__": {"x": 1}}')))).toBe('{"__proto__":{"x":"number"}}')
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`field-${n}`, n]))
  expect(Object.keys(shapeOf(many))).toHaveLength(41)
})

test.each([
  ['last_updated_timestamp', 'last_updated_timestamp'],
  ['urn:scim$é 🔑', 'urn_scim_____'],
  ['x'.repeat(100), 'x'.repeat(32)],
])('the name %s is stored as %s', (name, kept) => {
  expect(plainName(name)).toBe(kept)
})
