import { afterAll, beforeAll, beforeEach } from '@jest/globals'

import { EmulatedWorkspace } from '../../emulator/workspace.js'

/** One workspace for all tests of the file that imports this; each test begins with an empty log of requests. */
export let workspace: EmulatedWorkspace

beforeAll(async () => {
  workspace = await EmulatedWorkspace.start()
})

afterAll(async () => {
  await workspace.close()
})

beforeEach(() => {
  workspace.requests.reset()
})
