import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Texts } from './workflow-file.js'

/** Puts scripts of bash into a folder, as programs by their names, and gives back the folder. */
export async function placePrograms(folder: string, programs: Texts): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(path.join(folder, name), `#!/usr/bin/env bash\nset -eu\n${script}\n`, { mode: 0o755 })
  }
  return folder
}
