/**
 * Writes the README's tables of inputs and outputs from action.yml, between their markers. With `--check` nothing is
 * written, and the exit code says whether something would have been.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'

import { parse } from 'yaml'
import { answerHelp } from './answer-help.js'
import { fillPlaces } from './fill-place.js'

interface ActionYml {
  readonly inputs: Readonly<Record<string, { description: string; default?: string; required?: boolean }>>
  readonly outputs: Readonly<Record<string, { description: string }>>
}

const root = path.resolve(import.meta.dirname, '..')

function tablesOf({ inputs, outputs }: ActionYml): Readonly<Record<string, string>> {
  return {
    inputs: [
      '| Input | Default | What it is |\n| --- | --- | --- |',
      ...Object.entries(inputs).map(([name, { description, default: value, required }]) => {
        const standard = required === true ? 'required' : value === undefined ? '' : `\`${value}\``
        return `| \`${name}\` | ${standard} | ${description} |`
      }),
    ].join('\n'),
    outputs: [
      '| Output | What it is |\n| --- | --- |',
      ...Object.entries(outputs).map(([name, { description }]) => `| \`${name}\` | ${description} |`),
    ].join('\n'),
  }
}

answerHelp(`Usage: npm run readme [-- --check]

Updates the tables of the README from action.yml. --check writes nothing: the exit code is 1 if they differ.`)

const action = parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as ActionYml
const mode = process.argv.includes('--check') ? 'check' : 'write'
const isFilled = await fillPlaces(path.join(root, 'README.md'), tablesOf(action), mode)
if (mode === 'check' && !isFilled) {
  process.stdout.write('README.md is not what action.yml says: run npm run readme.\n')
  process.exitCode = 1
}
