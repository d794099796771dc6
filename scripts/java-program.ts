import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { install, installOnce } from './installation.js'

const MAVEN = {
  program: 'mvn',
  needed: 'This needs Maven, see https://maven.apache.org/install.html: there is no mvn on the PATH.',
}
const JAVAC = {
  program: 'javac',
  needed: 'This needs a Java Development Kit, version 17 or later: there is no javac on the PATH.',
}

/**
 * Compiles a Java program below `cache`, or takes what an earlier run has compiled from the same source and pins.
 *
 * @param project the folder with the pom.xml of the program, a `jars.sha256` with the checksums of all jars that this brings,
 * and the source
 * @param main its only class, which is in a file of that name and in no package
 * @returns the class path to run it with
 * @throws Error when Maven or the compiler is missing, with what they said last when they fail, and when a jar is another
 * than the pinned one
 */
export async function buildJavaProgram(
  cache: string,
  name: string,
  project: string,
  main: string,
): Promise<string> {
  const [pom, checksums, source] = [
    path.join(project, 'pom.xml'),
    path.join(project, 'jars.sha256'),
    path.join(project, `${main}.java`),
  ] as const
  const pins = await Promise.all([pom, checksums, source].map((file) => readFile(file)))
  const folder = await installOnce(cache, name, pins, async (made) => {
    const jars = path.join(made, 'jars')
    const quietly = ['--batch-mode', '--no-transfer-progress', '--strict-checksums', '-Dstyle.color=never']
    await install(MAVEN, [
      'dependency:copy-dependencies',
      ...quietly,
      '--file',
      pom,
      `-DoutputDirectory=${jars}`,
    ])
    await checkJars(jars, await readFile(checksums, 'utf8'))
    const options = ['--release', '17', '-encoding', 'UTF-8', '-proc:none', '-nowarn']
    await install(JAVAC, ['-d', path.join(made, 'classes'), '-cp', path.join(jars, '*'), ...options, source])
  })
  return [path.join(folder, 'classes'), path.join(folder, 'jars', '*')].join(path.delimiter)
}

/**
 * Compares the files of a folder with the lines of `sha256sum`; lines that begin with `#` do not count.
 *
 * @throws Error with the names of those that are missing, unknown or changed
 */
export async function checkJars(folder: string, checksums: string): Promise<void> {
  const pinned = checksums.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const found = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const hash = createHash('sha256').update(await readFile(path.join(folder, name)))
      return `${hash.digest('hex')}  ${name}`
    }),
  )
  const different = [
    ...pinned.filter((line) => !found.includes(line)),
    ...found.filter((line) => !pinned.includes(line)),
  ].map((line) => line.replace(/^\S+ {2}/, ''))
  if (different.length > 0) {
    throw new Error(`These jars are not the pinned ones: ${[...new Set(different)].sort().join(', ')}`)
  }
}
