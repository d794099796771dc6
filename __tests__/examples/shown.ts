import { generateKeyPairSync, randomBytes } from 'node:crypto'

import { spellingsOf } from '../leak/spellings.js'
import type { PlayedJob } from '../runner/workflow/play-workflow.js'

/** A value that nobody else has. */
export function madeUp(): string {
  return `fake-${randomBytes(12).toString('hex')}`
}

/** A private key of several lines, with a line break at its end. */
export function madeUpKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/**
 * Where the values, in any spelling, can be seen once the jobs have run: in a log as GitHub shows it, in what a process has
 * printed before any mask, in a summary, an output, an annotation or a file that stays in the workspace. Empty is well.
 */
export function leaksOf(jobs: readonly PlayedJob[], values: readonly (string | Buffer)[]): string[] {
  const spellings = values.flatMap((value) => spellingsOf(Buffer.from(value)))
  return jobs.flatMap(({ steps, workspaceFiles }) => {
    const places: [string, string][] = steps.flatMap(({ name, result }) =>
      result === undefined
        ? []
        : [
            [`log of ${name}`, result.log],
            [`raw output of ${name}`, result.stdout.replaceAll(/^::add-mask::.*$/gm, '') + result.stderr],
            [`summary of ${name}`, result.summary],
            [`outputs of ${name}`, JSON.stringify([result.outputs, result.envChanges, result.annotations])],
          ],
    )
    return [...places, ['workspace', JSON.stringify(workspaceFiles)] as const].flatMap(([place, content]) =>
      spellings.filter(({ text }) => content.includes(text)).map(({ name }) => `${name} in the ${place}`),
    )
  })
}

/** The logs of all steps, as GitHub shows them: to tell why a job has failed. */
export function logsOf(jobs: readonly PlayedJob[]): string {
  return jobs.flatMap(({ steps }) => steps.map(({ result }) => result?.log ?? '')).join('\n\n')
}
