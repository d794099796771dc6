import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, test } from '@jest/globals'

const page = readFileSync('docs/architecture.md', 'utf8')

/** What the page calls a folder or a file of this repository. */
const named = new Set(
  [
    ...page.matchAll(
      /(?<![\w./-])(?:src|emulator|contract|dist|__tests__)(?:\/[\w-]+)*(?:\.\w+)?(?![\w/*-])/g,
    ),
  ].map(([name]) => name),
)

/** The folders below one, itself not among them. */
function foldersBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [`${folder}/${name}`, ...foldersBelow(`${folder}/${name}`)])
}

// A map of a house that has been rebuilt sends newcomers through walls.
describe('docs/architecture.md', () => {
  test('names files and folders that are there', () => {
    expect(named.size).toBeGreaterThan(20)
    for (const name of named) expect([name, existsSync(name)]).toEqual([name, true])
  })

  test('names files of the client that are there', () => {
    const files = [...page.matchAll(/`([\w-]+\.ts)`/g)].map(([, name = '']) => name)
    expect(files.length).toBeGreaterThan(5)
    const folders = ['src/databricks', 'src/databricks/auth', 'src/databricks/http']
    for (const file of files) {
      expect([file, folders.some((folder) => existsSync(path.join(folder, file)))]).toEqual([file, true])
    }
  })

  test('names every folder of src', () => {
    expect([...named]).toEqual(expect.arrayContaining(foldersBelow('src')))
  })

  // Its messages quote the file, in which somebody may have pasted a value.
  test('names the only file of src that uses the YAML parser', () => {
    const users = execFileSync('git', ['grep', '-l', "from 'yaml'", '--', 'src'], { encoding: 'utf8' })
    expect(users.trim()).toBe('src/inputs/config/yaml-document.ts')
    expect([...named]).toContain(users.trim())
  })

  // A file at the top belongs to no layer but by what is said of it.
  test('names every file that lies in src itself', () => {
    const files = readdirSync('src').filter((name) => name.endsWith('.ts'))
    expect(files.length).toBeGreaterThan(2)
    expect([...named]).toEqual(expect.arrayContaining(files.map((name) => `src/${name}`)))
  })

  // Where a value may be opened is what a security team reads first.
  test('names every file that may open a value, as lint has them', () => {
    const lint = readFileSync('eslint.config.js', 'utf8')
    const [, allowed = ''] = /ignores: \[([^\]]*)\],\s*rules: \{ 'no-restricted-syntax'/.exec(lint) ?? []
    const files = [...allowed.matchAll(/'(src\/[^']+)'/g)].map(([, file]) => file)
    expect(files.length).toBeGreaterThan(0)
    expect([...named]).toEqual(expect.arrayContaining(files))
  })
})
