import { expect, test } from '@jest/globals'
import { launch } from './live-process.js'

// Lost otherwise: a stack in place of what is wrong, or a page that has the table of a part.
test.each([
  [['--clients', 'nope'], /^There is no client nope, only: rest, .*old-cli.*\n$/],
  [['--cases', 'nope'], /^There is no case with "nope" in its title\.\n$/],
  [['--nope'], /^Unknown option '--nope'.*\n$/],
  [['--check', '--clients', 'rest'], /^The page has the whole table: .*\n$/],
  [['--write', '--cases', 'put'], /^The page has the whole table: .*\n$/],
] as const)('%j is refused in one line', async (args, message) => {
  const { code, stdout, stderr } = await launch('emulated.ts', args).ended
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})
