import { isUtf8 } from 'node:buffer'
import { basename, resolve } from 'node:path'

import type { InputProblem } from './input-error.js'
import { formatNumber } from '../format-number.js'
import { readDotenvMap } from './dotenv-map.js'
import { readJsonMap } from './json-map.js'
import type { MapDocument } from './map-document.js'
import { EMPTY_FILE, readFileSafely, describeReadError } from './safe-file.js'

/**
 * The largest file in bytes, 8 MiB: 1,000 secrets of 8 KB, or 64 of the size that Databricks takes at most. The masks of
 * so much take the runner some 180 MB of its log's stream; who has more of them has files, one for each.
 */
const MAX_FILE_BYTES = 8 * 1024 * 1024

const NOT_A_MAP_FILE =
  'the ending of the file does not say what it is. Name a JSON object of strings *.json, and a dotenv file .env, *.env ' +
  'or .env.*'

const TOO_LARGE =
  `the file is larger than ${formatNumber(MAX_FILE_BYTES)} bytes. Put the largest values into files of their own ` +
  'and name them in secret-files'

const NOT_UTF8 =
  'the file holds bytes that are not UTF-8. Save it as UTF-8, and put a value of bytes into a file of its own that ' +
  'secret-files names'

/**
 * Reads the file that `secrets-file` names: a whole map, JSON or dotenv by its ending.
 *
 * @param path As the workflow gives it, not empty.
 * @param input The input that holds the path, for the faults.
 * @param workspace The folder that a relative path starts in and may not leave, also not by a link.
 */
export function readMapFile(path: string, input: 'secrets-file', workspace: string): MapDocument {
  const refused = (problem: InputProblem): MapDocument => ({
    members: [],
    errors: [{ input, ...problem }],
    discarded: [],
    namesAreReliable: false,
  })

  const read = readerFor(basename(resolve(path)))
  if (read === undefined) return refused({ message: NOT_A_MAP_FILE })
  let bytes: Buffer
  try {
    bytes = readFileSafely(path, workspace, MAX_FILE_BYTES)
  } catch (error) {
    return refused({ kind: 'unreadable-source', ...describeReadError(error) })
  }
  if (bytes.length > MAX_FILE_BYTES) return refused({ message: TOO_LARGE, kind: 'too-large' })
  if (!isUtf8(bytes)) return refused({ message: NOT_UTF8 })
  // Takes a byte order mark away, and nothing else.
  const text = new TextDecoder().decode(bytes)
  return text.trim() === '' ? refused(EMPTY_FILE) : read(text, input)
}

function readerFor(name: string): ((text: string, input: 'secrets-file') => MapDocument) | undefined {
  if (/\.json$/i.test(name)) return readJsonMap
  return /\.env$|^\.env\./i.test(name) ? readDotenvMap : undefined
}
