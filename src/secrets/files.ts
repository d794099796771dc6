import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'

import { SecretValue } from '../secret-value.js'
import { KEY_RULE } from './key.js'
import { readAssignments } from './lines.js'
import { MAX_VALUE_BYTES } from './rules.js'
import type { Reading, SecretEntry } from './secret-map.js'

const EXPECTED =
  'not a line of secret-files. Write key=path, with a path relative to the workspace folder or an absolute one; ' +
  KEY_RULE

const OF_SYSTEM = 'the path leads to /proc, /sys or /dev, where no secret is kept. Give the path of a file'
const NOT_A_FILE = 'the path leads to a folder or a special file. Give the path of a regular file'

/**
 * Reads `secret-files`: lines `key=path`, where the value is the file's bytes as they are. No more of a file is read
 * than the largest value and one byte, which is enough to see that it is too large.
 *
 * @param input The input that holds the lines, for the faults.
 * @param workspace The folder that relative paths start in and may not leave, also not by a link.
 */
export function readFiles(text: string, input: string, workspace: string): Reading {
  const { assignments, faults } = readAssignments(text, input, EXPECTED)
  const entries: SecretEntry[] = []
  for (const { key, text, place } of assignments) {
    try {
      entries.push({ key, value: new SecretValue(readSecretFile(text.trim(), workspace)), place })
    } catch (error) {
      faults.push({ ...place, message: reasonOf(error) })
    }
  }
  return { entries, faults }
}

/** A path that is refused, with a message of our own words. */
class FileRefused extends Error {}

/** @throws {FileRefused} for a path that a secret may not come from; what `node:fs` throws, for others. */
function readSecretFile(path: string, workspace: string): Buffer {
  if (path === '') throw new FileRefused('there is no path behind the "="')
  const given = resolve(workspace, path)
  // Also before links are resolved: not every system has these folders, and the reason should be the same on all.
  if (isOfSystem(given)) throw new FileRefused(OF_SYSTEM)
  const real = realpathSync(given)
  if (!isAbsolute(path) && !isWithin(real, realpathSync(workspace))) {
    throw new FileRefused(
      'the path leads out of the workspace folder. Copy the file into it, or give an absolute path',
    )
  }
  if (isOfSystem(real)) throw new FileRefused(OF_SYSTEM)
  // A FIFO would wait for its other end. Windows has neither of the two flags, and `|` takes what is absent as 0.
  const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  try {
    if (!fstatSync(file).isFile()) throw new FileRefused(NOT_A_FILE)
    const bytes = readUpTo(file, MAX_VALUE_BYTES + 1)
    if (bytes.length === 0) throw new FileRefused('the file is empty. Check the step that writes it')
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

/** The system's own message holds the path, so its code alone is looked at. */
function reasonOf(error: unknown): string {
  if (error instanceof FileRefused) return error.message
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file. Check the path, and that an earlier step (actions/checkout, say) has made the file'
    case 'EACCES':
    case 'EPERM':
      return 'the file may not be read by the user that runs this job. Change its permissions in an earlier step'
    case 'EISDIR': // A folder, on Windows.
    case 'ENXIO': // A socket.
      return NOT_A_FILE
    default:
      return 'the file cannot be read. Check that the path is the one of a regular file'
  }
}
