import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, type Dirent } from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'

import { findCodeReferences } from './code-references.js'
import type { KindStatus } from './consumer.js'
import type { Findings } from './findings.js'
import { findNotebookReferences } from './notebook.js'
import type { ScopeIndex, Target } from './scope-index.js'
import { findTextReferences } from './text-references.js'

/** Folders that contain no source of this repository. */
const SKIPPED_FOLDERS = new Set(['.git', 'node_modules'])

/** The bounds of a search. */
export interface RepositoryLimits {
  readonly maxFiles: number
  /** Bytes of one file. */
  readonly maxFileBytes: number
  /** Bytes of all files. */
  readonly maxBytes: number
  /** Folders in each other. */
  readonly maxDepth: number
}

const LIMITS: RepositoryLimits = {
  maxFiles: 50_000,
  maxFileBytes: 4 * 1024 * 1024,
  maxBytes: 512 * 1024 * 1024,
  maxDepth: 32,
}

/** Binary files have a zero byte among so many first bytes, as Git tests it. */
const SNIFFED_BYTES = 8_000

/**
 * Searches the files of the checkout for calls that read a secret, and for `{{secrets/…}}`. It follows no links, so it does
 * not leave the folder. Binary files are skipped. Never throws.
 *
 * @param folder The workspace folder of the job; undefined or empty if there is none.
 */
export async function searchRepository(
  folder: string | undefined,
  scopes: ScopeIndex,
  findings: Findings,
  cancelled: AbortSignal,
  limits: RepositoryLimits = LIMITS,
): Promise<KindStatus> {
  const counts = { items: 0, notSearched: 0 }
  let truncated = false
  let bytes = 0
  let files = 0
  try {
    if (folder === undefined || folder === '') return { status: 'not-available' }
    const rest = [{ folder, name: '', depth: 0 }]
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      const entries = entriesOf(next.folder)
      if (entries === undefined) {
        if (next.depth === 0) return { status: 'not-available' }
        counts.notSearched++
        continue
      }
      const subfolders: typeof rest = []
      for (const entry of entries) {
        const name = next.name === '' ? entry.name : `${next.name}/${entry.name}`
        const full = path.join(next.folder, entry.name)
        if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) {
          if (next.depth < limits.maxDepth) subfolders.push({ folder: full, name, depth: next.depth + 1 })
          else truncated = true
        }
        if (!entry.isFile()) continue
        if (++files > limits.maxFiles || bytes > limits.maxBytes)
          return { status: 'searched', ...counts, truncated: true }
        const content = readText(full, limits.maxFileBytes)
        if (content === undefined) counts.notSearched++
        else if (content !== BINARY) {
          counts.items++
          bytes += content.length
          searchFile(name, content.toString(), scopes, findings)
        }
        // Responses of the workspace wait in the meantime.
        await setImmediate()
        if (cancelled.aborted) return failed(counts.items)
      }
      rest.push(...subfolders.reverse())
    }
    return { status: 'searched', ...counts, truncated }
  } catch {
    return failed(counts.items)
  }
}

function failed(items: number): KindStatus {
  return {
    status: 'failed',
    items,
    transient: true,
    failure: undefined,
    httpStatus: undefined,
    errorCode: undefined,
  }
}

/** The entries of a folder, in the order of their names. Undefined if it cannot be read. */
function entriesOf(folder: string): Dirent[] | undefined {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.sort(({ name: one }, { name: other }) => (one < other ? -1 : 1))
  } catch {
    return undefined
  }
}

const BINARY = 'binary'

/** The content of a text file. Undefined if it is too large or cannot be read. */
function readText(file: string, maxBytes: number): Buffer | typeof BINARY | undefined {
  let descriptor: number | undefined
  try {
    // Another process may have replaced the file by a link or a FIFO. Windows has neither of the two flags.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    const { size } = fstatSync(descriptor)
    const start = readBytes(descriptor, Math.min(size, SNIFFED_BYTES), 0)
    if (start.includes(0)) return BINARY
    if (size > maxBytes) return undefined
    return size <= SNIFFED_BYTES ? start : readBytes(descriptor, size, 0)
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function readBytes(descriptor: number, length: number, position: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  return buffer.subarray(0, readSync(descriptor, buffer, 0, length, position))
}

/** Searches one file. */
function searchFile(name: string, text: string, scopes: ScopeIndex, findings: Findings): void {
  const code =
    (name.toLowerCase().endsWith('.ipynb') ? findNotebookReferences(text) : undefined) ??
    findCodeReferences(text)
  const targets = [
    ...findTextReferences(text).map(({ start, path: at }) => ({ start, target: scopes.findPath(at) })),
    ...code.map(({ start, scope, key }) => ({ start, target: scopes.find(scope, key) })),
  ].filter((each): each is { start: number; target: Target } => each.target !== undefined)
  if (targets.length === 0) return
  // A name can contain any character but `/`.
  const id = name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
  const found = findings.of({ kind: 'repository', id, name: undefined, state: 'unknown', action: 'none' })
  let [line, from] = [1, 0]
  for (const { start, target } of targets.sort((one, other) => one.start - other.start)) {
    for (let end = text.indexOf('\n', from); end !== -1 && end < start; end = text.indexOf('\n', from)) {
      line++
      from = end + 1
    }
    found.addLine(target, line)
  }
}
