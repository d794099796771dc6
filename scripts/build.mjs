// Builds dist from src: one file, with the licences of all that is bundled beside it.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import process from 'node:process'

// What an earlier build left would stay, and be taken for a part of this one.
rmSync('dist', { recursive: true, force: true })
const ncc = ['node_modules/@vercel/ncc/dist/ncc/cli.js', 'build', 'src/index.ts', '--out', 'dist']
const { status } = spawnSync(
  process.execPath,
  [...ncc, '--license', 'licenses.txt', '--target', 'es2022', '--no-cache', '--quiet'],
  { stdio: 'inherit' },
)
process.exitCode = status ?? 1
