import { parseJsonObject } from '../databricks/response.js'
import { findCodeReferences, type CodeReference } from './code-references.js'

/**
 * Finds the calls in the cells of a Jupyter notebook: see {@link findCodeReferences}. Their positions are those of the lines
 * in the file.
 *
 * @returns Undefined if the text is not a notebook.
 */
export function findNotebookReferences(text: string): CodeReference[] | undefined {
  const cells = parseJsonObject(text)?.['cells']
  if (!Array.isArray(cells)) return undefined
  const found: CodeReference[] = []
  const lines = new NotebookLines(text)
  for (const cell of cells as unknown[]) {
    const { source } = (cell ?? {}) as { source?: unknown }
    const sourceLines = (Array.isArray(source) ? (source as unknown[]) : [source]).filter(
      (line) => typeof line === 'string',
    )
    let [index, end, start] = [-1, 0, 0]
    for (const reference of findCodeReferences(sourceLines.join(''))) {
      while (end <= reference.start) {
        end += sourceLines[++index]?.length ?? Infinity
        if (end > reference.start) start = lines.find(sourceLines[index] ?? '')
      }
      found.push({ ...reference, start })
    }
  }
  return found
}

/** Finds the lines of the cells in the text of a notebook, in their order. */
class NotebookLines {
  readonly #text: string
  #from = 0
  #missed = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The position of a line; that of the one before if the notebook was written with other escapes. */
  find(line: string): number {
    // Each miss reads the whole text.
    if (this.#missed >= MAX_MISSED) return this.#from
    const start = this.#text.indexOf(JSON.stringify(line), this.#from + 1)
    if (start === -1) this.#missed++
    else this.#from = start
    return this.#from
  }
}

/** After this many lines that are not found as they are, no more are looked for. */
const MAX_MISSED = 20
