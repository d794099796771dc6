import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A folder below which packages are, at the end of a path as long as possible: packages can hold packages. */
const PACKAGE_FOLDER = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/

/** Texts for packages that name their license and do not bring it along; each file is named as SPDX names it. */
const TEXTS = path.resolve(import.meta.dirname, 'licenses')

/**
 * The folders of the packages that these source maps name as sources, relative to where the maps would lie.
 *
 * @param maps Source maps, in JSON.
 */
export function bundledPackages(maps: readonly string[]): string[] {
  const sources = maps.flatMap((map) => (JSON.parse(map) as { sources: string[] }).sources)
  const folders = sources.flatMap((source) => PACKAGE_FOLDER.exec(source)?.[0] ?? [])
  return [...new Set(folders.map((folder) => path.posix.normalize(folder)))].sort()
}

/**
 * The name, version and license of the package in a folder, with the license's text, which must be distributed with its code.
 *
 * @throws Error if the package contains no license text, and `scripts/licenses` has none for its license
 */
export function licenseOf(folder: string): string {
  const { name, version, license, author } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  ) as Record<'name' | 'version' | 'license', string> & { author?: { name: string } }
  const own = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice)/i.test(file))
    .sort()
    .map((file) => path.join(folder, file))
  const known = path.join(TEXTS, `${license}.txt`)
  const files = own.length > 0 ? own : [known].filter((file) => existsSync(file))
  if (files.length === 0)
    throw new Error(`${name} contains no text of its license, and ${known} does not exist.`)
  const texts = files.map((file) =>
    readFileSync(file, 'utf8')
      .replaceAll('\r\n', '\n')
      .replaceAll('<copyright holders>', `${author?.name ?? `the authors of ${name}`} and contributors`)
      .trim(),
  )
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}
