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

/** A client that answers everything in the same way. */
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

// Lost otherwise: an emulator that is broken makes a client fall silent, the cell turns into `-`, and the run stays green.
test.each([
  [SILENT, { operations: [], cases: [] }, 'disagrees'],
  [SILENT, { operations: ['getSecret'], cases: ['another case'] }, 'disagrees'],
  [SILENT, { operations: ['listScopes'], cases: [] }, 'cannot say'],
  [SILENT, { operations: [], cases: ['a case'] }, 'cannot say'],
  [SAID, { operations: [], cases: [] }, 'agrees'],
  [SAID, { operations: ['listScopes'], cases: [] }, 'disagrees'],
  [SAID, { operations: [], cases: ['a case'] }, 'disagrees'],
] as const)('a client that says %j where it has no words for %j %s', async (outcome, cannotSay, verdict) => {
  expect((await verdictOn(clientSaying(outcome, cannotSay)))?.verdict).toBe(verdict)
})

// Lost otherwise: a row gets another title, and a client that has no words for it is held to it, or an old title stays.
test('clients are silent about cases that there are', () => {
  const titles = ALL_CASES.map(({ title }) => title)
  expect(titles).toEqual([...new Set(titles)])
  for (const { cannotSay } of Object.values(CLIENTS)) {
    expect(titles).toEqual(expect.arrayContaining([...cannotSay.cases]))
  }
})

// Lost otherwise: a value of a real workspace that somebody pastes along with what a run has found.
test('values that differ are told apart without being shown', async () => {
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
