/**
 * Writes the README's tables of inputs and outputs from action.yml, and that of figures from docs/benchmarks.md, between
 * their markers. With `--check` nothing is written, and the exit code says whether something would have been.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'

import { parse } from 'yaml'
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

/** What the README shows of the comparison: rows of it as columns, the times without their ratios. */
const FIGURES = [
  ['20 ms', '10'],
  ['20 ms', '100'],
  ['100 ms', '100'],
] as const

function figuresOf(benchmarks: string): string {
  const [, table = ''] = /<!-- comparison: .*? -->(.*?)<!-- end of comparison -->/s.exec(benchmarks) ?? []
  const [head = [], , ...rows] = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const columns = FIGURES.map(([roundTrip, secrets]) => {
    const row = rows.find(([first, second]) => first === roundTrip && second === secrets)
    if (row === undefined)
      throw new Error(`docs/benchmarks.md has no row for ${secrets} secrets at ${roundTrip}.`)
    return [`${secrets} secrets at ${roundTrip}`, ...row.slice(2).map((cell) => cell.replace(/ \(.*\)$/, ''))]
  })
  const lines = ['', ...head.slice(2)].map((name, at) => [name, ...columns.map((column) => column[at] ?? '')])
  lines.splice(1, 0, ['---', ...columns.map(() => '---')])
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const action = parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as ActionYml
const mode = process.argv.includes('--check') ? 'check' : 'write'
const benchmarks = readFileSync(path.join(root, 'docs', 'benchmarks.md'), 'utf8')
const texts = { ...tablesOf(action), figures: figuresOf(benchmarks) }
const isFilled = await fillPlaces(path.join(root, 'README.md'), texts, mode)
if (mode === 'check' && !isFilled) {
  process.stdout.write('README.md is not what action.yml and docs/benchmarks.md say: run npm run readme.\n')
  process.exitCode = 1
}
