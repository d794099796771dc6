// Builds dist from src: index.js, chunks for what is loaded on demand, and the licenses of all that is bundled.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'

import { minify } from 'terser'

import { answerHelp } from './answer-help.js'
import { bundledPackages, licenseOf } from './licenses.js'

const root = path.resolve(import.meta.dirname, '..')
answerHelp(`Usage: npm run build [-- --out FOLDER] [--source-maps]

Builds dist from src. --out names another folder; --source-maps keeps the source maps.`)

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: path.join(root, 'dist') },
    // They are as large as dist itself, and only for development: `npm run where` creates them again.
    'source-maps': { type: 'boolean', default: false },
  },
})
const out = path.resolve(values.out)

// What an earlier build left would stay, and be taken for a part of this one.
rmSync(out, { recursive: true, force: true })
const ncc = ['node_modules/@vercel/ncc/dist/ncc/cli.js', 'build', 'src/index.ts', '--out', out]
const flags = ['--minify', '--source-map', '--no-source-map-register', '--target', 'es2022', '--no-cache']
const { status } = spawnSync(process.execPath, [...ncc, ...flags, '--quiet'], { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

// ncc minifies only index.js, and keeps the names of its modules' variables, which are a sixth of it.
for (const name of readdirSync(out).filter((file) => file.endsWith('index.js'))) {
  const file = path.join(out, name)
  const { code = '', map } = await minify(readFileSync(file, 'utf8'), {
    module: true,
    ecma: 2020,
    // A crash report names the class of the error.
    keep_classnames: /Error$/,
    sourceMap: { content: readFileSync(`${file}.map`, 'utf8'), filename: name },
  })
  writeFileSync(file, code)
  if (typeof map === 'string') writeFileSync(`${file}.map`, map)
}

const files = readdirSync(out).map((file) => path.join(out, file))
for (const file of files.filter((name) => name.endsWith('.js'))) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'))
}

// Not by ncc's own `--license`: it keeps the packages of one chunk only, and leaves out texts that a package lacks.
const maps = files.filter((name) => name.endsWith('.map'))
const packages = bundledPackages(maps.map((file) => readFileSync(file, 'utf8')))
const licenses = packages.map((folder) => licenseOf(path.resolve(root, 'dist', folder)))
writeFileSync(path.join(out, 'licenses.txt'), licenses.join(`\n\n${'-'.repeat(80)}\n\n`) + '\n')
if (!values['source-maps']) for (const file of maps) rmSync(file)
