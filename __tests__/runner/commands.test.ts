import { describe, expect, test } from '@jest/globals'
import { parseCommand } from './commands.js'

const KNOWN = new Set(['add-mask', 'error'])
const parse = (line: string) => parseCommand(line, KNOWN)

// What is read wrong here is a mask that never came, or a message that nobody sees.
describe('a line of output', () => {
  test.each([
    ['::add-mask::s3cret', 's3cret'],
    [' \t\u0085::add-mask::after white space', 'after white space'],
    ['::ADD-MASK::any case', 'any case'],
    ['::add-mask:: blanks stay ', ' blanks stay '],
    ['::add-mask::a::b', 'a::b'],
    ['::add-mask::%25 %0D%0A', '% \r\n'],
    ['::add-mask::%250A is no line break', '%0A is no line break'],
    ['::add-mask::%0a in lower case, %3A and %2C are text', '%0a in lower case, %3A and %2C are text'],
    ['::add-mask::', ''],
    ['anywhere ##[add-mask]old%3B%5D%25', 'old;]%'],
    ['::not-a-command::##[add-mask]the old form still counts', 'the old form still counts'],
  ])('%j masks %j', (line, data) => {
    expect(parse(line)).toEqual({ name: 'add-mask', properties: {}, data })
  })

  test.each([
    'plain',
    '',
    'text ::add-mask::not at the start',
    '\uFEFF::add-mask::after a byte order mark',
    '::add-mask:one colon',
    '::unknown::text',
    ': :add-mask::text',
    '##[unknown]text',
    '##[add-mask no end',
  ])('%j is text', (line) => {
    expect(parse(line)).toBeUndefined()
  })

  test('a combining character hides the marker before it, and a leading %0A brings it back', () => {
    expect(parse('::add-mask::\u0301secret')).toBeUndefined()
    expect(parse('::add-mask::%0A\u0301secret')).toMatchObject({ data: '\n\u0301secret' })
  })

  test('properties are decoded, and cut at the first equals sign', () => {
    expect(parse('::error title=a%3Ab%2Cc=d,,file=x%25,junk,Line=3::m')?.properties).toEqual({
      title: 'a:b,c=d',
      file: 'x%',
      line: '3',
    })
    expect(parse('##[error title=a%3Bb;file=y]m')?.properties).toEqual({ title: 'a;b', file: 'y' })
  })
})
