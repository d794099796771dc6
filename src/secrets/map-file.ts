import { isUtf8 } from 'node:buffer'
import { basename, resolve } from 'node:path'

import type { InputProblem } from './input-error.js'
import { SecretValue } from '../secret-value.js'
import { formatNumber } from '../format-number.js'
import { readDotenvMap } from './dotenv-map.js'
import { readJsonMap } from './json-map.js'
import type { MapDocument } from './map-document.js'
import { EMPTY_FILE, readFileSafely, describeReadError } from './safe-file.js'
import { textsOf } from './masks/value-forms.js'

/**
 * The largest file in bytes, 8 MiB: 1,000 secrets of 8 KB, or 64 of the largest size. The masks of such a file already
 * take some 180 MB in the stream of the log.
 */
const MAX_FILE_BYTES = 8 * 1024 * 1024

const NOT_A_MAP_FILE =
  'unknown file extension. Name a JSON object of strings *.json, and a dotenv file .env, *.env ' + 'or .env.*'

const TOO_LARGE =
  `the file is larger than ${formatNumber(MAX_FILE_BYTES)} bytes. Put the largest values into separate files ` +
  'and name them in secret-files'

const NOT_UTF8 =
  'the file contains bytes that are not UTF-8. Save it as UTF-8. Put a binary value into a separate file and name it in ' +
  'secret-files'

/**
 * Reads the file that `secrets-file` names. It contains a whole map, JSON or dotenv, according to its extension.
 *
 * @param path The path from the workflow, not empty.
 * @param input The input that contains the path, for the errors.
 * @param workspace The folder of a relative path, which it must not leave, not even by a link.
 */
export function readMapFile(path: string, input: 'secrets-file', workspace: string): MapDocument {
  const refused = (problem: InputProblem): MapDocument => ({
    members: [],
    errors: [{ input, ...problem }],
    onlyMasked: [],
    namesAreReliable: false,
  })

  const hint = isAssignment(path) ? FOR_SECRET_FILES : ''
  const read = readerFor(basename(resolve(path)))
  if (read === undefined) return refused({ message: NOT_A_MAP_FILE + hint })
  let bytes: Buffer
  try {
    bytes = readFileSafely(path, workspace, MAX_FILE_BYTES)
  } catch (error) {
    const problem = describeReadError(error, path)
    return refused({ kind: 'unreadable-source', ...problem, message: problem.message + hint })
  }
  if (bytes.length > MAX_FILE_BYTES) return refused({ message: TOO_LARGE, kind: 'too-large' })
  if (!isUtf8(bytes)) {
    const { members, onlyMasked } = read(textOf(bytes), input)
    return {
      ...refused({ message: NOT_UTF8 }),
      onlyMasked: [...members.flatMap(({ value }) => value ?? []), ...onlyMasked],
    }
  }
  // Removes a byte order mark, and nothing else.
  const text = new TextDecoder().decode(bytes)
  return text.trim() === '' ? refused(EMPTY_FILE) : read(text, input)
}

/** Decodes bytes that are not UTF-8 as far as possible: as UTF-16 if they begin with its byte order mark, as on Windows. */
function textOf(bytes: Buffer): string {
  const [text] = textsOf(new SecretValue(bytes))
  return text ?? new TextDecoder().decode(bytes)
}

function readerFor(name: string): ((text: string, input: 'secrets-file') => MapDocument) | undefined {
  if (/\.json$/i.test(name)) return readJsonMap
  return /\.env$|^\.env\./i.test(name) ? readDotenvMap : undefined
}

/** Whether the path looks like a line `key=path` of `secret-files`. */
function isAssignment(path: string): boolean {
  return /^[\w.-]+=./.test(path)
}

const FOR_SECRET_FILES = '. Did you mean secret-files? That input takes lines key=path'
