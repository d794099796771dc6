import { readFileSync } from 'node:fs'

import { expect, test } from '@jest/globals'

import { readConfigFile } from '../../../src/inputs/config/config-file.js'
import { readConfigVariables } from '../../../src/inputs/config/config-variables.js'

const BLOCKS = [...readFileSync('docs/targets.md', 'utf8').matchAll(/```yaml\n(.*?)```/gs)]
  .map(([, block = '']) => block)
  .filter((block) => /^(?:scopes|schemas):/m.test(block))

// Readers copy these parts into their own file.
test.each(BLOCKS)('docs/targets.md shows a valid config file: %j', (block) => {
  const { variables } = readConfigVariables('team=blue\nenvironment=dev\nreaders=analysts')
  const text = block.includes('version:') ? block : `version: 1\n${block}`
  expect(readConfigFile(text, variables, () => '').errors).toEqual([])
})

test('docs/targets.md shows at least three parts of a config file', () => {
  expect(BLOCKS.length).toBeGreaterThan(2)
})
