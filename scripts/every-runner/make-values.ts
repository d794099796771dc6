/**
 * Makes up values that are easily spoilt on their way, one for each way into the map. Their digests go to a file, for
 * check-workspace, and they themselves to the steps that follow.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { mask, setOutput, variable } from './runner.js'

/** A unique value that is clearly fake. */
const madeUp = (): string => `fake-${randomBytes(12).toString('hex')}`

const lines = [madeUp(), madeUp(), madeUp()]
const values = {
  'several-lines': `-----BEGIN FAKE KEY-----\n${lines.join('\n')}\n-----END FAKE KEY-----\n`,
  'windows-lines': `${madeUp()}\r\n${madeUp()}\r\n`,
  'one-line': ` "${madeUp()}" # = : % $HOME %PATH% \`x\` \\ ü 🔑 `,
  'from-env': `${madeUp()}\n${madeUp()}=`,
  FROM_MAP_FILE: madeUp(),
}
// Every byte there is, and so no text at all, with the two that Windows makes one of.
const bytes = Buffer.concat([
  Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  Buffer.from('\r\n\u001A'),
])
const file = path.resolve('build', 'every-byte.bin')
mkdirSync(path.dirname(file), { recursive: true })
writeFileSync(file, bytes)

// As an editor on Windows saves it.
const mapFile = path.join(variable('RUNNER_TEMP'), 'map.env')
writeFileSync(mapFile, `# Made up.\r\nFROM_MAP_FILE=${values.FROM_MAP_FILE}\r\n`)

for (const value of Object.values(values)) mask(value)
setOutput('several-lines', values['several-lines'])
setOutput('windows-lines-as-json', JSON.stringify(values['windows-lines']))
setOutput('one-line', values['one-line'])
setOutput('from-env', values['from-env'])
setOutput('file', file)
setOutput('map-file', mapFile)

const digests = Object.entries({ ...values, file: bytes, 'file-absolute': bytes }).map(([key, value]) => [
  key,
  createHash('sha256').update(value).digest('hex'),
])
writeFileSync(path.join(variable('RUNNER_TEMP'), 'digests.json'), JSON.stringify(Object.fromEntries(digests)))
