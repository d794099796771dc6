import { SecretValue } from '../secret-value.js'
import type { InputProblem } from './input-error.js'
import { KEY_RULE } from './key.js'
import { readAssignments, type LineSyntax } from './assignments.js'
import { EMPTY_FILE, readFileSafely, describeReadError } from './safe-file.js'
import { createEntry, type SourceResult, type SecretEntry } from './secret-map.js'

const SYNTAX: LineSyntax = {
  name: 'secret-files',
  expected: `Write key=path, with a path relative to the workspace folder or an absolute one; ${KEY_RULE}`,
  example: 'key=path',
  operators: ['='],
}

/**
 * Reads `secret-files`: lines `key=path`. The value is the bytes of the file. At most the largest size of a value and one
 * byte are read, which is enough to see that a file is too large.
 *
 * @param input The input that contains the lines, for the errors.
 * @param workspace The folder of relative paths, which they must not leave, not even by a link.
 * @param maxBytes The largest size of a value, in bytes.
 */
export function readSecretFiles(
  text: string,
  input: string,
  workspace: string,
  maxBytes: number,
): SourceResult {
  const { assignments, errors } = readAssignments(text, input, SYNTAX)
  const entries: SecretEntry[] = []
  for (const { key, text, location } of assignments) {
    const path = text.trim()
    if (path === '') {
      errors.push({
        ...location,
        message: 'no path after the equals sign. Write key=path',
        cause: 'not-visible',
      })
      continue
    }
    const { value, problem } = readFileValue(path, workspace, maxBytes)
    // The file exists, so the text before its path is surely a key.
    if (problem !== undefined)
      errors.push({ ...location, ...(problem === EMPTY_FILE && { name: key }), ...problem })
    else entries.push(createEntry(key, value, location))
  }
  return { entries, errors }
}

/** Reads a file as a value: see {@link readSecretFiles}. */
export function readFileValue(
  path: string,
  workspace: string,
  maxBytes: number,
):
  | { readonly value: SecretValue; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: InputProblem } {
  try {
    return { value: new SecretValue(readFileSafely(path, workspace, maxBytes)) }
  } catch (error) {
    return { problem: describeReadError(error, path) }
  }
}
