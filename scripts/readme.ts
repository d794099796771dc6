/**
 * Writes the README's tables of inputs and outputs from action.yml, between their markers. With `--check` nothing is
 * written, and the exit code says whether something would have been.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { format, resolveConfig } from 'prettier'
import { parse } from 'yaml'

interface ActionYml {
  readonly inputs: Readonly<Record<string, { description: string; default?: string; required?: boolean }>>
  readonly outputs: Readonly<Record<string, { description: string }>>
}

const root = path.resolve(import.meta.dirname, '..')
const readmeFile = path.join(root, 'README.md')

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

/** The README with each table in its place. Throws when a marker is missing. */
function withTables(readme: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const place = new RegExp(`(<!-- ${name}: written by npm run readme -->).*?(<!-- end of ${name} -->)`, 's')
    if (!place.test(text)) throw new Error(`README.md has no place for the table of ${name}.`)
    return text.replace(place, (_, start: string, end: string) => `${start}\n\n${table}\n\n${end}`)
  }, readme)
}

const action = parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as ActionYml
const before = readFileSync(readmeFile, 'utf8')
const after = await format(withTables(before, tablesOf(action)), {
  ...(await resolveConfig(readmeFile)),
  filepath: readmeFile,
})
if (!process.argv.includes('--check')) {
  writeFileSync(readmeFile, after)
} else if (after !== before) {
  process.stdout.write('README.md is not what action.yml says: run npm run readme.\n')
  process.exitCode = 1
}
