/**
 * Prepares a release, `npm run release -- 1.2.3`: writes the version to package.json and package-lock.json, and adds
 * a section for it to CHANGELOG.md. With `--check` it checks whether that is done, and sets version and notes as outputs for
 * the next steps (release.yml). docs/releasing.md has the details.
 */
import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'

import { answerHelp } from './answer-help.js'
import { isVersion, releasesIn, withRelease, type ReleaseNotes } from './changelog.js'

const root = path.resolve(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const write = (file: string, text: string): void => {
  writeFileSync(path.join(root, file), text)
}

answerHelp(`Usage: npm run release -- VERSION

Prepares a release, such as 1.2.3: writes the version to package.json, package-lock.json and CHANGELOG.md.
npm run release -- --check checks that this is done.`)

try {
  const { values, positionals } = parseArgs({
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [version = ''] = positionals
  if (values.check) handOn(checked())
  else if (isVersion(version)) prepare(version)
  else throw new Error('Name the version, as in: npm run release -- 1.2.3')
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

/** Changes the three files, or none of them. */
function prepare(version: string): void {
  const [today = ''] = new Date().toISOString().split('T')
  const changelog = withRelease(read('CHANGELOG.md'), version, today)
  const metadata = ['package.json', 'package-lock.json'].map(
    (file) => [file, withVersion(read(file), version)] as const,
  )
  write('CHANGELOG.md', changelog)
  for (const [file, text] of metadata) write(file, text)
  process.stdout.write(
    `CHANGELOG.md and package.json are those of ${version}. Commit them as "Release ${version}".\n`,
  )
}

/** A package.json or package-lock.json with another version of the package itself, as npm writes it. */
function withVersion(text: string, version: string): string {
  const parsed = JSON.parse(text) as { version: string; packages?: Record<string, { version: string }> }
  parsed.version = version
  const own = parsed.packages?.['']
  if (own !== undefined) own.version = version
  return `${JSON.stringify(parsed, undefined, 2)}\n`
}

/**
 * The newest release.
 *
 * @throws Error when something in the repository names another one
 */
function checked(): ReleaseNotes {
  const [newest] = releasesIn(read('CHANGELOG.md'))
  if (newest === undefined || newest.text === '')
    throw new Error('CHANGELOG.md has no release, or an empty one.')
  const { version } = newest
  for (const file of ['package.json', 'package-lock.json']) {
    const found = (JSON.parse(read(file)) as { version: string }).version
    if (found !== version) {
      throw new Error(`CHANGELOG.md has ${version} at its top, ${file} ${found}: npm run release -- VERSION`)
    }
  }
  // Readers copy it, and would get the major version before, or none at all.
  const major = `@v${version.split('.')[0] ?? ''}`
  for (const [used, tag = ''] of read('README.md').matchAll(/databricks-secrets-sync(@v\d+)/g)) {
    if (tag !== major)
      throw new Error(`README.md shows ${used}, which ${version} is not: change README and examples.`)
  }
  return newest
}

function handOn({ version, text }: ReleaseNotes): void {
  process.stdout.write(`${version}\n\n${text}\n`)
  const file = process.env['GITHUB_OUTPUT']
  if (file === undefined) return
  const end = randomUUID()
  appendFileSync(file, `version=${version}\nnotes<<${end}\n${text}\n${end}\n`)
}
