import { afterEach, beforeEach } from '@jest/globals'

import { EmulatedWorkspace } from '../../emulator/workspace.js'

/** A new workspace for each test of the file that imports this. */
export let workspace: EmulatedWorkspace

beforeEach(async () => {
  workspace = await EmulatedWorkspace.start()
})

afterEach(async () => {
  await workspace.close()
})
