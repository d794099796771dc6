import { isUtf8 } from 'node:buffer'

import type { InputProblem } from '../../secrets/input-error.js'
import { describeReadError, EMPTY_FILE, readFileSafely } from '../../secrets/safe-file.js'
import { MAX_CONFIG_BYTES } from './target-config.js'

const NOT_UTF8 = 'the file is not UTF-8. Save it as UTF-8'

/**
 * Reads the text of the config file. It reads at most one byte more than {@link MAX_CONFIG_BYTES}, which is enough for the
 * error about its size. An empty file is an empty text.
 *
 * @param path The path from the workflow, not empty.
 * @param workspace The folder of relative paths, which they must not leave, not even by a link.
 * @returns The text, or what is wrong. The problem does not contain the path.
 */
export function readConfigText(
  path: string,
  workspace: string,
):
  | { readonly text: string; readonly problem?: undefined }
  | { readonly text?: undefined; readonly problem: InputProblem } {
  try {
    const bytes = readFileSafely(path, workspace, MAX_CONFIG_BYTES)
    if (bytes.length <= MAX_CONFIG_BYTES && !isUtf8(bytes)) return { problem: { message: NOT_UTF8 } }
    return { text: new TextDecoder().decode(bytes) }
  } catch (error) {
    const problem = describeReadError(error, path)
    return problem === EMPTY_FILE ? { text: '' } : { problem }
  }
}
