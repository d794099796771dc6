/** How a file that describes clusters, jobs and others is read. */
import { expect, test } from '@jest/globals'
import { parseConsumersOptions } from '../../emulator/consumers/parse-options.js'
import { ONE_OF_EACH } from './consumers-reading.js'

test('a file may have all that the option of a workspace has', () => {
  const options = {
    content: ONE_OF_EACH,
    pages: { size: 1, emptyBefore: 1, tokenAfterLast: true },
    maxElements: 2,
    unavailable: { apps: 'missing', sqlWarehouses: 'denied' },
  }
  expect(parseConsumersOptions(JSON.stringify(options))).toEqual(options)
  expect(parseConsumersOptions('{}')).toEqual({})
})

// What is lost if these fail: a misspelled field would leave something out, and the file would seem to be tried.
test.each([
  ['{', 'The file is not JSON.'],
  ['[]', 'The file is not an object.'],
  ['{"clusters":[]}', 'The file has an unknown field: clusters.'],
  ['{"content":{"cluster":[]}}', 'content has an unknown field: cluster.'],
  ['{"content":{"jobs":{}}}', 'jobs is not a list.'],
  ['{"content":{"jobs":["a"]}}', 'An element of jobs is not an object.'],
  ['{"content":{"apps":[{"visibleTo":"users"}]}}', 'visibleTo in apps is not a list.'],
  ['{"content":{"apps":[{"visibleTo":[1]}]}}', 'visibleTo in apps is not a list of names.'],
  ['{"content":{"apps":[{"name":"a"},{"name":"a"}]}}', 'Two apps have the id a.'],
  ['{"content":{"sqlWarehouses":[]}}', 'sqlWarehouses is not an object.'],
  ['{"unavailable":{"apps":"off"}}', 'unavailable.apps is one of missing, disabled, '],
  ['{"unavailable":{"app":"denied"}}', 'unavailable has an unknown field: app.'],
  ['{"pages":{"size":0}}', 'pages.size is a whole number from 1 on.'],
  ['{"pages":{"sizes":1}}', 'pages has an unknown field: sizes.'],
  ['{"maxElements":"many"}', 'maxElements is a whole number from 1 on.'],
])('a file with %s is refused', (text, message) => {
  expect(() => parseConsumersOptions(text)).toThrow(message)
})
