/** Signing in with the JWT of another issuer where no client id says whose policy counts. */
import { expect, test } from '@jest/globals'
import { CLIENT, exchange, refusedFor, startGitHub } from './sign-in.js'
import { Clock, listWith, start } from './wire.js'

const AUDIENCE = 'https://example.com/audience'
const AUDIENCES = [AUDIENCE]

// Lost if these fail: account-wide federation, the only way without a client id.
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
    // With a client id, the policies of the account do not count.
    const jwt = await github.sign({ aud: AUDIENCE, sub: CLIENT })
    expect(await exchange(workspace, jwt)).toMatchObject(refusedFor('issuer'))
  },
)

test('a policy of the account may look for the principal in another claim', async () => {
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
