import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { expect, test } from '@jest/globals'

import * as exec from '../../src/lazy/exec.js'
import * as restEndpointMethods from '../../src/lazy/rest-endpoint-methods.js'
import * as undici from '../../src/lazy/undici.js'

/** The JavaScript of the packages that import what we stand in for. */
const libraries = readdirSync('node_modules/@actions', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js') && !file.includes('/__tests__/'))
  .map((file) => readFileSync(path.join('node_modules/@actions', file), 'utf8'))

// ncc builds an import of what is not there without a word, and the run that comes to use it crashes.
test.each([
  ['undici', undici, 'ProxyAgent'],
  ['@actions/exec', exec, 'getExecOutput'],
  ['@octokit/plugin-rest-endpoint-methods', restEndpointMethods, 'restEndpointMethods'],
])('the stand-in of %s has all that is imported from it', (name, standIn, known) => {
  const imports = libraries.flatMap((code) => [
    ...[...code.matchAll(new RegExp(`import \\{([^}]+)\\} from '${name}'`, 'gs'))].flatMap(([, list = '']) =>
      list.split(',').map((item) => item.trim().split(' ')[0]),
    ),
    ...[...code.matchAll(new RegExp(`import \\* as (\\w+) from '${name}'`, 'g'))].flatMap(([, alias = '']) =>
      [...code.matchAll(new RegExp(`\\b${alias}\\.(\\w+)\\(`, 'g'))].map(([, used]) => used),
    ),
  ])
  expect(imports).toContain(known)
  expect(Object.keys(standIn)).toEqual(expect.arrayContaining(imports))
})
