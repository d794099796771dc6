import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { install, installOnce } from './installation.js'

/** A Go program that a go.mod pins. */
export interface GoTool {
  /** The folder that it is built into, below that of all clients. */
  readonly name: string
  /** The folder of the go.mod and go.sum that pin it. */
  readonly module: string
  /** The import path of its main package. */
  readonly main: string
  /** What the linker has to set, such as `-X path.version=…`; gets the pinned version, without its `v`. */
  readonly ldflags: (version: string) => string
}

/** A Go program that is built. */
export interface BuiltTool {
  readonly program: string
  /** The version that its go.mod pins, without the `v`. */
  readonly version: string
}

/**
 * Builds a Go program below `cache`, or takes what an earlier run has built from the same pins.
 *
 * @throws Error when Go is missing or the build fails, with what it said last
 */
export async function buildGoTool(
  { name, module, main, ldflags }: GoTool,
  cache: string,
): Promise<BuiltTool> {
  const pins = await Promise.all(['go.mod', 'go.sum'].map((file) => readFile(path.join(module, file))))
  const version = pinnedVersion(String(pins[0]), main)
  // Terraform finds a provider by the name of its file.
  const file = path.basename(main)
  const flags = ['-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags', ldflags(version)]
  const folder = await installOnce(cache, name, [...pins, main, ...flags], async (output) => {
    const go = { program: 'go', needed: `${main} has to be built with Go, see https://go.dev/doc/install.` }
    const args = ['build', ...flags, '-o', path.join(output, file), main]
    await install(go, args, { cwd: module, env: { GOWORK: 'off' } })
  })
  return { program: path.join(folder, file), version }
}

/** The version of the module that the package is in: the longest path of a module that the package's path starts with. */
function pinnedVersion(mod: string, main: string): string {
  const modules = [...mod.matchAll(/^\s*(?:require )?(\S+) v(\S+)(?: \/\/ indirect)?$/gm)]
  const [pin] = modules
    .filter(([, name = '']) => `${main}/`.startsWith(`${name}/`))
    .sort(([, one = ''], [, two = '']) => two.length - one.length)
  if (pin?.[2] === undefined) throw new Error(`No go.mod pins ${main}.`)
  return pin[2]
}
