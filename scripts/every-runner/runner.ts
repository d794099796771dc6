import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'

/**
 * A variable that the runner, or the workflow every-runner.yml, has set.
 *
 * @throws Error when it is not set
 */
export function variable(name: string): string {
  const value = process.env[name]
  if (value === undefined)
    throw new Error(`${name} is not set: this is started by .github/workflows/every-runner.yml.`)
  return value
}

/** Sets an output for the next steps, with unchanged line breaks on every system. */
export function setOutput(name: string, value: string): void {
  const end = randomUUID()
  appendFileSync(variable('GITHUB_OUTPUT'), `${name}<<${end}\n${value}\n${end}\n`)
}

/** Has the runner hide each line of a made-up value. Not by `@actions/core`, which is a part of what is tested. */
export function mask(value: string): void {
  for (const line of value.split(/[\r\n]+/).filter((text) => text.trim() !== '')) {
    process.stdout.write(`::add-mask::${line.replaceAll('%', '%25')}\n`)
  }
}
