import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'

import type { InputProblem } from './input-error.js'

const IN_SYSTEM_FOLDER = 'the path leads to /proc, /sys or /dev. Give the path of a regular file'
const NOT_A_FILE = 'the path leads to a folder or a special file. Give the path of a regular file'

/** The error for an empty file. A step that writes a secret that is not visible to the job creates one. */
export const EMPTY_FILE = {
  message:
    'the file is empty. Check the step that writes it: a secret that is empty or misspelled gives an empty file, also with base64 -d',
  cause: 'not-visible',
  kind: 'empty-value',
} as const satisfies InputProblem

/** A path is refused. The problem does not contain the path. */
class RefusedFile extends Error {
  readonly problem: InputProblem

  constructor(problem: InputProblem) {
    super()
    this.problem = problem
  }
}

/**
 * Reads a file with secrets. After links are resolved, it must be a regular file outside of the system folders. A relative
 * path must stay inside the workspace folder.
 *
 * @param path The path from the workflow, not empty.
 * @param workspace The folder of relative paths, which they must not leave, not even by a link.
 * @param limit The largest size in bytes. At most one byte more is read, which is enough to see that a file is too large.
 * @throws An error for {@link describeReadError}. Never print its message: a message of the system contains the path.
 */
export function readFileSafely(path: string, workspace: string, limit: number): Buffer {
  const given = resolve(workspace, path)
  // Also before links are resolved, so that the error is the same on systems without these folders.
  if (isInSystemFolder(given)) throw new RefusedFile({ message: IN_SYSTEM_FOLDER })
  const real = realpathSync(given)
  if (!isAbsolute(path) && !isWithin(real, realpathSync(workspace))) {
    throw new RefusedFile({
      message: 'the path leads out of the workspace folder. Copy the file into it, or give an absolute path',
    })
  }
  if (isInSystemFolder(real)) throw new RefusedFile({ message: IN_SYSTEM_FOLDER })
  // A FIFO would wait for its other end. Windows has neither of the two flags; `|` takes undefined as 0.
  const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  try {
    if (!fstatSync(file).isFile()) throw new RefusedFile({ message: NOT_A_FILE })
    const bytes = readUpTo(file, limit + 1)
    if (bytes.length === 0) throw new RefusedFile(EMPTY_FILE)
    return bytes
  } finally {
    closeSync(file)
  }
}

/** Whether the path is in a folder of the system's state, such as the environment of this process with all inputs. */
function isInSystemFolder(path: string): boolean {
  return process.platform !== 'win32' && ['/proc', '/sys', '/dev'].some((folder) => isWithin(path, folder))
}

function isWithin(path: string, folder: string): boolean {
  const fromFolder = relative(folder, path)
  return fromFolder !== '..' && !fromFolder.startsWith(`..${sep}`) && !isAbsolute(fromFolder)
}

/** Reads to the end of the file, but at most `limit` bytes. One call of `readSync` may return fewer bytes. */
function readUpTo(file: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit)
  let length = 0
  for (let read = -1; read !== 0 && length < limit; length += read) {
    read = readSync(file, buffer, length, limit - length, null)
  }
  return buffer.subarray(0, length)
}

/**
 * Describes an error of {@link readFileSafely}. Of an error of the system, it uses only the code.
 *
 * @param path The path from the workflow. The description does not contain it.
 */
export function describeReadError(error: unknown, path: string): InputProblem {
  if (error instanceof RefusedFile) return error.problem
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        message: isForShell(path)
          ? 'the file does not exist: the path contains ~ or a variable of a shell, which is not expanded here. Write a path ' +
            'relative to the workspace folder, or in the workflow an expression such as runner.temp'
          : 'the file does not exist. Check the path, and that an earlier step, such as actions/checkout, creates the file',
        cause: 'not-visible',
      }
    case 'EACCES':
    case 'EPERM':
      return {
        message:
          'the user of this job has no permission to read the file. Change its permissions in an earlier step',
      }
    case 'EISDIR': // A folder, on Windows.
    case 'ENXIO': // A socket.
      return { message: NOT_A_FILE }
    default:
      return { message: 'the file cannot be read. Check that the path names a regular file' }
  }
}

/** Whether a shell would expand the path: `~/file`, `$NAME/file`, `${NAME}/file`, `$env:NAME/file` or `%NAME%/file`. */
function isForShell(path: string): boolean {
  return /^~|\$\{?\w|%\w+%/.test(path)
}
