import { expect, test } from '@jest/globals'
import { casesContaining, clientsNamed } from '../../contract/selection.js'
import { launch } from './live-process.js'

// Otherwise the user would see a stack instead of the error, or the page would contain a partial table.
test.each([
  [['--nope'], /^Unknown option '--nope'.*\n$/],
  [['--check', '--clients', 'rest'], /^The page has the whole table: .*\n$/],
  [['--write', '--cases', 'put'], /^The page has the whole table: .*\n$/],
] as const)('%j is rejected with a one-line error', async (args, message) => {
  const { code, stdout, stderr } = await launch('emulated.ts', args).ended
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})

test('a client and a case that do not exist are rejected with a one-line error', () => {
  expect(() => clientsNamed('nope')).toThrow(/^There is no client nope, only: rest, .*old-cli.*$/)
  expect(() => casesContaining('nope')).toThrow(/^There is no case with "nope" in its title\.$/)
})
