import { expect, test } from '@jest/globals'
import type { Client } from '../../contract/clients/client.js'
import { rest } from '../../contract/clients/rest.js'
import { liveCourt } from '../../contract/live-court.js'
import { runLive } from '../../contract/live-run.js'
import { casesContaining } from '../../contract/selection.js'
import { Transcript } from '../../emulator/transcript.js'
import { start } from '../emulator/wire.js'
import { SCOPE, TOKEN, transcriptFile } from './live-process.js'

/** A client whose process ends at its second call, like an SDK that is killed. */
function breaking(): Client {
  let calls = 0
  return {
    ...rest,
    name: 'breaking',
    async install(folder) {
      const own = await rest.install(folder)
      return {
        ...own,
        async open(target) {
          const session = await own.open(target)
          return {
            ...session,
            call: (operation) =>
              ++calls >= 2 ? Promise.reject(new Error('The driver ended.')) : session.call(operation),
          }
        },
      }
    },
  }
}

// Otherwise each remaining case of a broken client would be reported as an error of the workspace.
test('a broken client is reported once, and the next client runs', async () => {
  const workspace = await start()
  const options = {
    plan: 'premium',
    onAzure: false,
    scope: SCOPE,
    host: workspace.url,
    token: TOKEN,
    other: undefined,
    principals: ['users'],
    clients: [breaking(), rest],
    cases: casesContaining('list secrets'),
    transcript: transcriptFile(),
  } as const
  const transcript = new Transcript(options.transcript)
  const court = await liveCourt(options, (exchange, during) => {
    transcript.write(exchange, during)
  })
  const printed: string[] = []
  const code = await runLive({ options, court, transcript, print: (text) => printed.push(text) })
  const output = printed.join('\n')
  expect(output).toMatch(/^BROKEN: breaking, premium, "list secrets: none".*: The driver ended\.$/m)
  expect(output.match(/BROKEN/g)).toHaveLength(1)
  expect(output).not.toContain('NO: ')
  expect(output).toMatch(/list secrets: refused without a scope +\|.* yes/)
  expect(code).toBe(1)
  expect(workspace.store.scopes).toEqual([])
})
