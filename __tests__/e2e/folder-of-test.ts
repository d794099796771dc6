import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach } from '@jest/globals'

/** A new, empty folder for each test of the file that imports this, without links in its path. */
export let folder: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'test-')))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})
