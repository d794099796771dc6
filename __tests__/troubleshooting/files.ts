import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import type { Step } from '../runner/step.js'
import { against, type Scenario, type Scenarios } from './scenario.js'

/** Where a step runs, and what of that it may need to know. */
type StepIn = (folder: string) => Step

/** Runs the action in a workspace folder that has one file, which may be executed, and with these inputs. */
export function withFile(
  name: string,
  content: string | Buffer,
  inputs: Record<string, string>,
  stepIn: StepIn = () => ({}),
): Scenario {
  return async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'troubleshooting-'))
    try {
      const file = path.join(folder, name)
      await writeFile(file, content)
      await chmod(file, 0o755)
      return await against({}, () => undefined, inputs, { workspace: folder, ...stepIn(folder) })
    } finally {
      await rm(folder, { recursive: true })
    }
  }
}

/** A map in a file of this name. */
function withMap(name: string, content: string | Buffer): Scenario {
  return withFile(name, content, { secrets: '', 'secrets-file': name })
}

/** A file of this content that is the value of a secret. */
function withValue(content: string | Buffer, file = 'value'): Scenario {
  return withFile('value', content, { 'secret-files': `other=${file}` })
}

/** What is wrong with the files that secrets come from. */
export const OF_FILES: Scenarios = {
  'the file does not exist. Check the path': withValue('fake-other', 'no/such'),
  'the file does not exist: the path contains ~ or a variable of a shell': withValue(
    'fake-other',
    '$RUNNER_TEMP/value',
  ),
  'the path leads out of the workspace folder.': withValue('fake-other', '..'),
  'the path leads to a folder or a special file.': withValue('fake-other', '.'),
  'the path leads to /proc, /sys or /dev.': withValue('fake-other', '/dev/stdin'),
  'the file is empty. Check the step that writes it': withValue(''),
  'the value is larger than 131,072 bytes': withValue(Buffer.alloc(200_000, 1)),
  'the value is empty, blank or null. Check the step that writes the file': withMap(
    'map.json',
    '{"BLOB": null}',
  ),
  'unknown file extension.': withMap('map.yaml', 'BLOB: fake-value'),
  'the file contains no secret for the map': withMap('map.json', '{}'),
  'the file does not contain a JSON object.': withMap('map.json', '["fake-value"]'),
  'the file contains bytes that are not UTF-8.': withMap(
    'map.json',
    Buffer.from('{"BLOB": "\xe9t\xe9"}', 'latin1'),
  ),
  'the file is larger than 8,388,608 bytes.': withMap('map.env', Buffer.alloc(8 * 1024 * 1024 + 1, 97)),
  'the value is still encrypted by dotenvx.': withMap('.env', 'BLOB="encrypted:fake"'),
  'the value is still encrypted by sops.': withMap(
    'map.json',
    '{"BLOB": "ENC[AES256_GCM,data:ZmFrZQ==,iv:ZmFrZQ==,tag:ZmFrZQ==,type:str]"}',
  ),
  'not a dotenv line.': withMap('.env', 'BLOB: fake-value'),
  'dotenv parsers read this value differently': withMap('.env', 'BLOB=fake#value'),
  'the quotes of this value are not closed, or text follows them.': withMap('.env', 'BLOB="fake-value'),
}
