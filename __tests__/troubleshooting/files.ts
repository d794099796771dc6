import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import type { Step } from '../runner/step.js'
import { against, inOneRun, type Scenario, type Scenarios } from './scenario.js'

/** Where a step runs, and what of that it may need to know. */
type StepIn = (folder: string) => Step

/** Runs the action in a workspace folder that has these files, which may be executed, and with these inputs. */
export function withFiles(
  files: Record<string, string | Buffer>,
  inputs: Record<string, string>,
  stepIn: StepIn = () => ({}),
): Scenario {
  return async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'troubleshooting-'))
    try {
      for (const [name, content] of Object.entries(files)) {
        await writeFile(path.join(folder, name), content)
        await chmod(path.join(folder, name), 0o755)
      }
      return await against({}, () => undefined, inputs, { workspace: folder, ...stepIn(folder) })
    } finally {
      await rm(folder, { recursive: true })
    }
  }
}

/** What is wrong with the files that secrets come from: errors of one section of the page are in one run. */
export const OF_FILES: Scenarios = {
  ...inOneRun(
    withFiles(
      {},
      {
        'secret-files': ['no/such', '$RUNNER_TEMP/value', '..', '.', '/dev/stdin']
          .map((file, index) => `k${index}=${file}`)
          .join('\n'),
        'secret-envs': 'other=NO_SUCH',
      },
    ),
    'the file does not exist. Check the path',
    'the file does not exist: the path contains ~ or a variable of a shell',
    'the path leads out of the workspace folder.',
    'the path leads to a folder or a special file.',
    'the path leads to /proc, /sys or /dev.',
    'the step has no environment variable of this name.',
  ),
  ...inOneRun(
    withFiles(
      { value: Buffer.alloc(200_000, 1), 'map.env': Buffer.alloc(8 * 1024 * 1024 + 1, 97) },
      {
        secrets: Array.from({ length: 1_001 }, (_, index) => `k${index}=fake-value-${index}`).join('\n'),
        'secret-files': 'other=value',
        'secrets-file': 'map.env',
      },
    ),
    'the map has … keys, but a scope can contain at most 1,000.',
    'the value is larger than 131,072 bytes',
    'the file is larger than 8,388,608 bytes.',
  ),
  ...inOneRun(
    withFiles(
      { '.env': 'A: fake-value\nB=fake#value\nC="fake-value' },
      { secrets: '', 'secrets-file': '.env' },
    ),
    'not a dotenv line.',
    'dotenv parsers read this value differently',
    'the quotes of this value are not closed, or text follows them.',
  ),
  ...inOneRun(
    withFiles(
      { 'map.json': '{}' },
      { secrets: '{"github_token": "fake-github-token"}', 'secrets-file': 'map.json' },
    ),
    'the JSON object contains no secret for the map',
    'the file contains no secret for the map',
  ),
}
