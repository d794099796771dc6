/** Authentication with the JWT of another issuer, without a client id. */
import { expect, test } from '@jest/globals'
import { CLIENT, exchange, refusedFor, startGitHub } from './sign-in.js'
import { Clock, listWith, start } from './wire.js'

const AUDIENCE = 'https://example.com/audience'
const AUDIENCES = [AUDIENCE]

// Account-wide federation is the only method without a client id.
test.each(['ada@example.com', CLIENT])(
  'without a client id, the subject names the principal: %s',
  async (name) => {
    const clock = new Clock()
    const github = await startGitHub(clock)
    const { issuer, jwksUri } = github
    const workspace = await start({
      servicePrincipals: [{ applicationId: CLIENT }],
      accountPolicies: [{ issuer, jwksUri, audiences: AUDIENCES }],
      clock: clock.now,
    })
    const answer = await exchange(workspace, await github.sign({ aud: AUDIENCE, sub: name }), {
      client_id: undefined,
    })
    expect((await listWith(workspace, answer)).status).toBe(200)
    expect(workspace.tokens.issued).toMatchObject([{ holder: name }])
    const stranger = await github.sign({ aud: AUDIENCE, sub: 'eve@example.com' })
    expect(await exchange(workspace, stranger, { client_id: undefined })).toMatchObject(refusedFor('subject'))
    // With a client id, policies of the account are ignored.
    const jwt = await github.sign({ aud: AUDIENCE, sub: CLIENT })
    expect(await exchange(workspace, jwt)).toMatchObject(refusedFor('issuer'))
  },
)

test('a policy of the account may use another claim for the principal', async () => {
  const clock = new Clock()
  const github = await startGitHub(clock)
  const { issuer, jwksUri } = github
  const workspace = await start({
    accountPolicies: [{ issuer, jwksUri, audiences: AUDIENCES, subjectClaim: 'email' }],
    clock: clock.now,
  })
  const jwt = await github.sign({ aud: AUDIENCE, email: 'grace@example.com' })
  expect((await exchange(workspace, jwt, { client_id: undefined })).status).toBe(200)
  expect(workspace.tokens.issued).toMatchObject([{ holder: 'grace@example.com' }])
})
