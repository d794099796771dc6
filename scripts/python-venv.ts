import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { install, installOnce } from './installation.js'

const PYTHON = {
  program: 'python3',
  needed: 'This needs Python 3.11 or later: there is no python3 on the PATH.',
}

/** Prints which Python it is: its real path and its version. */
const WHICH = 'import os, sys; print(os.path.realpath(sys.executable), sys.version)'

/**
 * A virtual environment of Python below `cache` that holds what a requirements.txt pins. It was moved after it was made, so
 * a script in it has to be given to its `python`: the first line of the script names a Python that is gone.
 *
 * @returns its `bin` folder
 * @throws Error when Python is missing or a package cannot be installed, with what pip said last
 */
export async function pythonVenv(cache: string, name: string, requirements: string): Promise<string> {
  // An environment is bound to the Python that has made it, which `python3` may be no more tomorrow.
  const python = await install(PYTHON, ['-c', WHICH])
  const pins = [python, await readFile(requirements)]
  const venv = await installOnce(cache, name, pins, async (folder) => {
    await install(PYTHON, ['-m', 'venv', folder])
    const own = {
      program: path.join(folder, 'bin', 'python'),
      needed: 'Python has made an environment without a Python.',
    }
    const pinned = ['--no-deps', '--require-hashes', '--only-binary=:all:', '--requirement', requirements]
    await install(own, ['-m', 'pip', 'install', ...pinned], {
      env: { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' },
    })
  })
  return path.join(venv, 'bin')
}

/**
 * Additional settings for a Python client: only its own programs, because the old CLI starts a newer one on the PATH, and
 * arguments, files and pipes in UTF-8 with any locale of the machine.
 */
export function pythonSettings(bin: string): NodeJS.ProcessEnv {
  return { PATH: [bin, '/usr/bin', '/bin'].join(path.delimiter), PYTHONUTF8: '1' }
}
