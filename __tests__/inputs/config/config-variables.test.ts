import { describe, expect, test } from '@jest/globals'

import { readConfigVariables, replaceVariables } from '../../../src/inputs/config/config-variables.js'

describe('config-variables', () => {
  test('are lines of a name and a value', () => {
    const { variables, errors } = readConfigVariables('# why\n team = blue = 1 \r\n\nb_2-c=${team}\n')
    expect(errors).toEqual([])
    expect([...variables].map(([name, { value, location }]) => [name, value, location.line])).toEqual([
      ['team', 'blue = 1', 2],
      ['b_2-c', '${team}', 4],
    ])
  })

  test.each([
    ['no equals sign', 'team', 'Write name=value'],
    ['a colon', 'team: blue', 'Write name=value'],
    ['no name', '=blue', 'Write name=value'],
    ['a name with a dollar sign', '${team}=blue', 'Write name=value'],
    ['a name that begins with a digit', '1=blue', 'Write name=value'],
    ['no value', 'team=', 'has no value'],
    ['a repeated name', 'team=blue\nteam=red', 'same variable as in line 1'],
  ])('have an error for %s', (_, text, message) => {
    const { errors } = readConfigVariables(text)
    expect(errors).toEqual([
      expect.objectContaining({ input: 'config-variables', message: expect.stringContaining(message) }),
    ])
    expect(errors[0]?.line).toBe(text.split('\n').length)
  })

  // GitHub gives an empty text for a variable that the job cannot see.
  test('say that an empty value may not be visible to the job', () => {
    expect(readConfigVariables('team= ').errors[0]?.cause).toBe('not-visible')
  })

  test('are replaced once: a value is not replaced again', () => {
    const { variables } = readConfigVariables('a=${b}\nb=c')
    expect(replaceVariables('${a}-$b-${b}${b}', variables)).toEqual({
      text: '${b}-$b-cc',
      used: ['a', 'b', 'b'],
    })
  })

  test.each(['${a', '${}', '${ a }', '${a.b}', '${${a}}', '${toString}', '${{ a }}'])('refuse %s', (text) => {
    expect(replaceVariables(text, readConfigVariables('a=b').variables)).toHaveProperty('message')
  })
})
