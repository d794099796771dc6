import { SecretValue } from '../secret-value.js'
import { KEY_RULE } from './key.js'
import { readAssignments, type LineForm } from './lines.js'
import { MAX_VALUE_BYTES } from './validate-map.js'
import { EMPTY_FILE, readFileSafely, describeReadError } from './safe-file.js'
import { createEntry, type SourceResult, type SecretEntry } from './secret-map.js'

const FORM: LineForm = {
  name: 'secret-files',
  expected: `Write key=path, with a path relative to the workspace folder or an absolute one; ${KEY_RULE}`,
  example: 'key=path',
  operators: ['='],
}

/**
 * Reads `secret-files`: lines `key=path`, where the value is the file's bytes as they are. No more of a file is read
 * than the largest value and one byte, which is enough to see that it is too large.
 *
 * @param input The input that holds the lines, for the faults.
 * @param workspace The folder that relative paths start in and may not leave, also not by a link.
 */
export function readFiles(text: string, input: string, workspace: string): SourceResult {
  const { assignments, errors } = readAssignments(text, input, FORM)
  const entries: SecretEntry[] = []
  for (const { key, text, location } of assignments) {
    const path = text.trim()
    if (path === '') {
      errors.push({ ...location, message: 'there is no path behind the equals sign', cause: 'not-visible' })
      continue
    }
    try {
      const value = new SecretValue(readFileSafely(path, workspace, MAX_VALUE_BYTES))
      entries.push(createEntry(key, value, location))
    } catch (error) {
      const problem = describeReadError(error)
      // The file was found, so what stands before its path is a key.
      errors.push({ ...location, ...(problem === EMPTY_FILE && { name: key }), ...problem })
    }
  }
  return { entries, errors }
}
