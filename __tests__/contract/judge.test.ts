import { expect, test } from '@jest/globals'
import { ALL_CASES } from '../../contract/cases/all.js'
import type { Case } from '../../contract/cases/case.js'
import { CLIENTS } from '../../contract/clients/all.js'
import type { Client, Outcome } from '../../contract/clients/client.js'
import { rest } from '../../contract/clients/rest.js'
import { emulatedCourt } from '../../contract/emulated-court.js'
import { judge, type Cell } from '../../contract/judge.js'

const trial: Case = {
  title: 'a case',
  async play(world) {
    await world.done({ do: 'listScopes' })
  },
}

/** A client with the same result for everything. */
function clientSaying(outcome: Outcome | undefined, cannotSay: Client['cannotSay']): Client {
  const session = { call: () => Promise.resolve(outcome), close: () => Promise.resolve() }
  return {
    ...rest,
    cannotSay,
    install: () =>
      Promise.resolve({ version: '1', open: () => Promise.resolve(session), close: () => Promise.resolve() }),
  }
}

async function verdictOn(client: Client, on = trial): Promise<Cell | undefined> {
  const [cell] = await judge(client, await client.install(''), emulatedCourt('premium'), [on])
  return cell
}

const SILENT = undefined
const SAID: Outcome = { answer: [] }

// Otherwise a broken emulator could make a client report nothing, the cell would be `-`, and the run would succeed.
test.each([
  [SILENT, { operations: [], cases: [] }, 'disagrees'],
  [SILENT, { operations: ['getSecret'], cases: ['another case'] }, 'disagrees'],
  [SILENT, { operations: ['listScopes'], cases: [] }, 'cannot say'],
  [SILENT, { operations: [], cases: ['a case'] }, 'cannot say'],
  [SAID, { operations: [], cases: [] }, 'agrees'],
  [SAID, { operations: ['listScopes'], cases: [] }, 'disagrees'],
  [SAID, { operations: [], cases: ['a case'] }, 'disagrees'],
] as const)('a client that reports %j and does not support %j %s', async (outcome, cannotSay, verdict) => {
  expect((await verdictOn(clientSaying(outcome, cannotSay)))?.verdict).toBe(verdict)
})

// Otherwise the list of unsupported cases could contain an old title after a case is renamed.
test('the unsupported cases of clients exist', () => {
  const titles = ALL_CASES.map(({ title }) => title)
  expect(titles).toEqual([...new Set(titles)])
  for (const { cannotSay } of Object.values(CLIENTS)) {
    expect(titles).toEqual(expect.arrayContaining([...cannotSay.cases]))
  }
})

// Otherwise a user could publish a value of a real workspace together with the result of a run.
test('different values are reported without being shown', async () => {
  const comparing: Case = {
    title: 'a case',
    play(world) {
      world.agreeOnValue('the value', Buffer.from('fake-value'), Buffer.from('fake-volume'))
      return Promise.resolve()
    },
  }
  const cell = await verdictOn(clientSaying(SAID, { operations: [], cases: [] }), comparing)
  expect(cell?.detail).toBe('the value: 10 bytes should have been 11, and differ from byte 6 on')
})
