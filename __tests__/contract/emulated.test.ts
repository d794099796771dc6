import { expect, test } from '@jest/globals'
import { launch } from './live-process.js'

// Otherwise the user would see a stack instead of the error, or the page would contain a partial table.
test.each([
  [['--clients', 'nope'], /^There is no client nope, only: rest, .*old-cli.*\n$/],
  [['--cases', 'nope'], /^There is no case with "nope" in its title\.\n$/],
  [['--nope'], /^Unknown option '--nope'.*\n$/],
  [['--check', '--clients', 'rest'], /^The page has the whole table: .*\n$/],
  [['--write', '--cases', 'put'], /^The page has the whole table: .*\n$/],
] as const)('%j is rejected with a one-line error', async (args, message) => {
  const { code, stdout, stderr } = await launch('emulated.ts', args).ended
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})
