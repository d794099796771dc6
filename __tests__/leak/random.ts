/**
 * `npm run test:leak`: the leak test with new random values, and ten times as many of them. Another number
 * of runs for each path may be given, and the seed of an earlier run that failed: `npm run test:leak -- 20 123456`.
 */
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'

import { answerHelp } from '../../scripts/answer-help.js'

answerHelp(`Usage: npm run test:leak [-- RUNS [SEED]]

Runs the leak test with new random values: RUNS for each path (default 20), and the SEED of an earlier run.`)

const [runs = '20', seed = String(randomInt(2 ** 31))] = process.argv.slice(2)
process.stdout.write(
  `${runs} runs for each path. To have the same again: npm run test:leak -- ${runs} ${seed}\n`,
)
const { status } = spawnSync('npm', ['test', '--', '__tests__/leak', '--testTimeout=600000'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, LEAK_RUNS: runs, LEAK_SEED: seed },
})
process.exitCode = status ?? 1
