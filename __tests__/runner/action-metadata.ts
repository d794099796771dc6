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

/** By file and text: parsing takes longer than most of what is done for a step. */
const parsed = new Map<string, ActionMetadata>()

/**
 * Reads action.yml. Every scalar is taken as the text that stands there: a default `16` or `true` is a string to the
 * action; no default is an empty one.
 * @throws Error when there is no action.yml in the folder, or it is none of a JavaScript action
 */
export async function readAction(folder: string): Promise<ActionMetadata> {
  const file = path.join(folder, 'action.yml')
  const text = await readFile(file, 'utf8')
  const id = `${file}\n${text}`
  const metadata = parsed.get(id) ?? parseAction(file, text)
  parsed.set(id, metadata)
  return metadata
}

function parseAction(file: string, text: string): ActionMetadata {
  const document: unknown = parse(text, { schema: 'failsafe' })
  const { runs, inputs } = mapping(document)
  const { main } = mapping(runs)
  if (typeof main !== 'string' || main === '') throw new Error(`${file} has no runs.main.`)
  return {
    main: path.resolve(path.dirname(file), main),
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
