import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Step, type StepResult, runStep } from './step.js'

const INPUTS = `
  host: { description: where, required: true }
  secret-envs: { description: lines }
  Dry Run: { description: blanks in a name, default: false }
  concurrency: { description: a number, default: 16 }
  github-token: { description: the token, default: '\${{ github.token }}' }
  old: { description: gone soon, deprecationMessage: use host }
`

/** Runs JavaScript (an ES module) as an action of its own that has a few inputs, in a folder that is removed after it. */
export async function runScript(script: string, step: Omit<Step, 'actionFolder'> = {}): Promise<StepResult> {
  const actionFolder = await mkdtemp(path.join(tmpdir(), 'action-'))
  try {
    await writeFile(path.join(actionFolder, 'index.mjs'), script)
    const metadata = `name: fixture\ninputs: ${INPUTS}runs: { using: node24, main: index.mjs }\n`
    await writeFile(path.join(actionFolder, 'action.yml'), metadata)
    return await runStep({ ...step, actionFolder })
  } finally {
    await rm(actionFolder, { recursive: true, force: true })
  }
}
