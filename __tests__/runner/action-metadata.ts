import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'

/** What the runner takes from action.yml. */
export interface ActionMetadata {
  /** Absolute path of `runs.main`. */
  main: string
  /** The declared inputs, in the order of the file. */
  inputs: { name: string; default: string; deprecationMessage?: string }[]
}

/**
 * Reads action.yml. Every scalar is taken as the text that stands there: a default `16` or `true` is a string to the
 * action; no default is an empty one.
 * @throws Error when there is no action.yml in the folder, or it is none of a JavaScript action
 */
export async function readAction(folder: string): Promise<ActionMetadata> {
  const file = path.join(folder, 'action.yml')
  const document: unknown = parse(await readFile(file, 'utf8'), { schema: 'failsafe' })
  const { runs, inputs } = mapping(document)
  const { main } = mapping(runs)
  if (typeof main !== 'string' || main === '') throw new Error(`${file} has no runs.main.`)
  return {
    main: path.resolve(folder, main),
    inputs: Object.entries(mapping(inputs)).map(([name, declaration]) => {
      const { default: value, deprecationMessage } = mapping(declaration)
      return {
        name,
        default: typeof value === 'string' ? value : '',
        ...(typeof deprecationMessage === 'string' && { deprecationMessage }),
      }
    }),
  }
}

function mapping(node: unknown): Record<string, unknown> {
  return typeof node === 'object' && node !== null && !Array.isArray(node) ? { ...node } : {}
}
