import { execFile } from 'node:child_process'
import os from 'node:os'
import { promisify } from 'node:util'
import type { Rivals } from './rivals.js'

/** What the figures were measured on, and what with, as a list in Markdown. */
export async function describeMachine(node: string, { databricksCli, python }: Rivals): Promise<string> {
  const cpus = os.cpus()
  const load = os.loadavg().map((each) => each.toFixed(2))
  return [
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus.length} cores of ${cpus[0]?.model ?? 'an unknown model'}, ` +
      `${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, ${os.type()} ${os.release()}`,
    `- Load when it began, over 1, 5 and 15 minutes: ${load.join(', ')}`,
    `- The action and the bare script: Node ${await said(node, ['--version'])}; the emulated workspace: Node ${process.version}`,
    `- ${(await said('curl', ['--version'])).split(' ').slice(0, 2).join(' ')}`,
    `- Databricks CLI: ${databricksCli?.version ?? NOT_THERE}`,
    `- Databricks SDK for Python: ${python?.version ?? NOT_THERE}`,
  ].join('\n')
}

const NOT_THERE = 'not installed, so not run; `npm run test:clients` installs it'

async function said(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, args)).stdout.trim()
}
