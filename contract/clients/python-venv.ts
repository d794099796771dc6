import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { install, installOnce } from './installation.js'

const PYTHON = {
  program: 'python3',
  needed: 'The Python clients need Python 3: there is no python3 on the PATH.',
}

/**
 * A virtual environment of Python below `cache` that holds what a requirements.txt pins.
 *
 * @returns its `bin` folder
 * @throws Error when Python is missing or a package cannot be installed, with what pip said last
 */
export async function pythonVenv(cache: string, name: string, requirements: string): Promise<string> {
  const python = await install(PYTHON, ['--version'])
  const pins = [python, await readFile(requirements)]
  const venv = await installOnce(cache, name, pins, async (folder) => {
    await install(PYTHON, ['-m', 'venv', folder])
    const pip = {
      program: path.join(folder, 'bin', 'pip'),
      needed: 'Python has made an environment without pip.',
    }
    await install(
      pip,
      ['install', '--no-deps', '--require-hashes', '--only-binary=:all:', '--requirement', requirements],
      { env: { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' } },
    )
  })
  return path.join(venv, 'bin')
}

/**
 * What a Python client gets besides: its own programs only, since the old CLI hands over to a newer one on the PATH, and
 * arguments, files and pipes in UTF-8, as on everybody's desk, whatever the locale of the machine is.
 */
export function pythonSettings(bin: string): NodeJS.ProcessEnv {
  return { PATH: [bin, '/usr/bin', '/bin'].join(path.delimiter), PYTHONUTF8: '1' }
}
