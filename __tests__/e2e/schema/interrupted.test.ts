import { expect, test } from '@jest/globals'

import { neverAnswer } from '../../../emulator/faults.js'
import { ADA, replaceWorkspace, syncToSchema, values, workspace } from './schema-step.js'

const MAP = { old: 'fake-new-value', new1: 'fake-1', new2: 'fake-2' }
const INPUTS = {
  secrets: JSON.stringify(MAP),
  prune: 'true',
  verify: 'true',
  permissions: 'auditors=READ SECRET',
  'permissions-exact': 'true',
  'expire-after-days': '30',
}

/** A group that Ada is not in. */
const OTHERS = '[UC] Team = A'

/** Five reads, two creates and an update, three reads back, a delete, a change of grants that is read back. */
const POSITIONS = Array.from({ length: 14 }, (_, index) => index + 1)

/** The states of the schema that a second run has completed. It knows nothing of the first run except the schema. */
const completed = new Set<string>()

/** What is in the schema: values, grants, and whether each secret expires. */
function state(): { values: unknown; grants: unknown; expires: unknown } {
  const { grants, secrets } = workspace.catalogs.schema('main.storage')
  return {
    values: values(),
    grants: [...grants].map(([principal, privileges]) => [principal, [...privileges]]),
    expires: [...secrets.values()].map(({ name, expireTime }) => [name, expireTime !== undefined]),
  }
}

// A runner can be lost at any moment, and the next run must complete the work.
test.each(POSITIONS)(
  'a run that is killed at request %i leaves what a second run completes',
  async (position) => {
    // Before request 2 is applied, the schema is the same as after request 1.
    for (const carriedOut of position === 1 ? [false, true] : [true]) {
      await replaceWorkspace({
        owner: ADA,
        grants: { auditors: ['WRITE_SECRET'], [OTHERS]: ['READ_SECRET'] },
        secrets: { old: 'fake-old', gone: 'fake' },
      })
      const kill = new AbortController()
      const stop = workspace.intercept((_, perform) => {
        const count = workspace.requests.all.length
        if (count < position) return undefined
        if (carriedOut && count === position) perform()
        kill.abort()
        return neverAnswer
      })
      const { signal } = await syncToSchema(INPUTS, { kill: kill.signal, allowStderr: true })
      expect(signal).toBe('SIGKILL')
      stop()
      const left = JSON.stringify(state())
      if (completed.has(left)) continue
      completed.add(left)
      expect((await syncToSchema(INPUTS)).exitCode).toBe(0)
      expect(values()).toEqual(MAP)
      expect(state().grants).toEqual([
        ['auditors', ['READ_SECRET']],
        [OTHERS, []],
      ])
      for (const key of Object.keys(MAP))
        expect(workspace.catalogs.secret(`main.storage.${key}`).expireTime).toBeGreaterThan(Date.now())
    }
  },
)
