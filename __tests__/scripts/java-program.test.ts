import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { checkJars } from '../../scripts/java-program.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'jars-'))
  writeFileSync(path.join(folder, 'one.jar'), 'one')
  writeFileSync(path.join(folder, 'two.jar'), 'two')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const lineOf = (name: string, content: string): string =>
  `${createHash('sha256').update(content).digest('hex')}  ${name}\n`

const CHECKSUMS = `# Made with sha256sum\n${lineOf('one.jar', 'one')}${lineOf('two.jar', 'two')}`

test('the pinned jars are accepted', async () => {
  await expect(checkJars(folder, CHECKSUMS)).resolves.toBeUndefined()
})

// Otherwise a registry could bring any code into a run that has a token of a real workspace.
test.each([
  [
    'changed',
    'two.jar',
    () => {
      writeFileSync(path.join(folder, 'two.jar'), 'other')
    },
  ],
  [
    'unknown',
    'three.jar',
    () => {
      writeFileSync(path.join(folder, 'three.jar'), 'three')
    },
  ],
  [
    'missing',
    'one.jar',
    () => {
      rmSync(path.join(folder, 'one.jar'))
    },
  ],
] as const)('a jar that is %s is refused by its name', async (_, name, change) => {
  change()
  await expect(checkJars(folder, CHECKSUMS)).rejects.toThrow(
    new Error(`These jars are not the pinned ones: ${name}`),
  )
})
