import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'

import type { InputProblem } from './input-error.js'

const OF_SYSTEM = 'the path leads to /proc, /sys or /dev, where no secret is kept. Give the path of a file'
const NOT_A_FILE = 'the path leads to a folder or a special file. Give the path of a regular file'

/** What a file looks like that a step has made of a secret which GitHub does not show to this job. */
export const EMPTY_FILE = {
  message: 'the file is empty. Check the step that writes it',
  cause: 'not-visible',
  kind: 'empty-value',
} as const satisfies InputProblem

/** A path that is refused, for this reason in our own words. */
class RefusedFile extends Error {
  readonly problem: InputProblem

  constructor(problem: InputProblem) {
    super()
    this.problem = problem
  }
}

/**
 * Reads a file that secrets may come from: a regular file, once links are resolved, that is no part of the system's own
 * state and, by a relative path, not outside of the workspace folder.
 *
 * @param path As the workflow gives it, not empty.
 * @param workspace The folder that relative paths start in and may not leave, also not by a link.
 * @param limit The most bytes that are used. No more of the file is read than these and one, which is enough to see
 *   that it is too large.
 * @throws What {@link describeReadError} explains. The system's own message holds the path.
 */
export function readFileSafely(path: string, workspace: string, limit: number): Buffer {
  const given = resolve(workspace, path)
  // Also before links are resolved: not every system has these folders, and the reason should be the same on all.
  if (isOfSystem(given)) throw new RefusedFile({ message: OF_SYSTEM })
  const real = realpathSync(given)
  if (!isAbsolute(path) && !isWithin(real, realpathSync(workspace))) {
    throw new RefusedFile({
      message: 'the path leads out of the workspace folder. Copy the file into it, or give an absolute path',
    })
  }
  if (isOfSystem(real)) throw new RefusedFile({ message: OF_SYSTEM })
  // A FIFO would wait for its other end. Windows has neither of the two flags, and `|` takes what is absent as 0.
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

/** Where the system shows its own state as files: this process' environment, with every input, is one of them. */
function isOfSystem(path: string): boolean {
  return process.platform !== 'win32' && ['/proc', '/sys', '/dev'].some((folder) => isWithin(path, folder))
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Reads to the end of the file or to `limit` bytes, whichever comes first: one read may give less than it could. */
function readUpTo(file: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit)
  let length = 0
  for (let read = -1; read !== 0 && length < limit; length += read) {
    read = readSync(file, buffer, length, limit - length, null)
  }
  return buffer.subarray(0, length)
}

/** Says in our own words why {@link readFileSafely} has thrown this: of a system's error, the code alone is looked at. */
export function describeReadError(error: unknown): InputProblem {
  if (error instanceof RefusedFile) return error.problem
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        message:
          'there is no such file. Check the path, and that an earlier step (actions/checkout, say) has made the file',
        cause: 'not-visible',
      }
    case 'EACCES':
    case 'EPERM':
      return {
        message:
          'the file may not be read by the user that runs this job. Change its permissions in an earlier step',
      }
    case 'EISDIR': // A folder, on Windows.
    case 'ENXIO': // A socket.
      return { message: NOT_A_FILE }
    default:
      return { message: 'the file cannot be read. Check that the path is the one of a regular file' }
  }
}
