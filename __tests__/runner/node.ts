import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

/** A node binary and what it calls itself, e.g. `v24.21.0`. */
export interface NodeBinary {
  path: string
  version: string
}

const versions = new Map<string, Promise<string>>()

/**
 * The node that runs the action: that of the variable `ACTION_NODE` (a path), which should be a Node 24, as on GitHub;
 * else the one that runs this. Each binary is asked for its version once.
 * @throws Error when `ACTION_NODE` cannot be run
 */
export async function findNode24(): Promise<NodeBinary> {
  const binary = process.env['ACTION_NODE'] ?? ''
  if (binary === '') return { path: process.execPath, version: process.version }
  const absolute = path.resolve(binary) // the step runs in another folder
  const version = versions.get(absolute) ?? askVersion(absolute)
  versions.set(absolute, version)
  return { path: absolute, version: await version }
}

async function askVersion(binary: string): Promise<string> {
  try {
    return (await promisify(execFile)(binary, ['--version'])).stdout.trim()
  } catch (cause) {
    throw new Error(`ACTION_NODE is no node that can be run: ${binary}`, { cause })
  }
}
