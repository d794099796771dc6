import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { apiError, html, json, redirect, text, type Reply } from '../../emulator/reply.js'
import type { RequestRecord } from '../../emulator/request-log.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { EmulatedGitHub } from '../../emulator/github.js'
import { CLIENT_ID, SUBJECT, signInTo } from '../e2e/sign-in/service-principal.js'
import { findLeaks, findUnmasked } from './leak-search.js'
import { spellingsOf } from './spellings.js'

const SEED = Number(process.env['LEAK_SEED'] ?? 20261124)
const RUNS = Number(process.env['LEAK_RUNS'] ?? 1)

/** What Databricks, GitHub and Entra hand out, and stranger things that a header can carry. */
const credential = fc.noBias(
  fc
    .string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 12,
      maxLength: 60,
    })
    .filter((secret) => new Set(secret).size > 6),
)

/** How a server may echo the credentials that it received. */
const ECHOES: readonly (readonly [string, (sent: string) => Reply])[] = [
  ['in an OAuth error', (sent) => json(400, { error: 'invalid_request', error_description: `Got ${sent}` })],
  [
    'as its code',
    (sent) => json(401, { error: sent.replace(/\W/g, '').slice(0, 64), error_description: 'No.' }),
  ],
  ['in an error of Databricks', (sent) => apiError(401, 401, sent)],
  ['in a page', (sent) => html(502, `<pre>${sent}</pre>`)],
  ['as text', (sent) => text(500, sent)],
  ['in a redirect', (sent) => redirect(`https://evil.example/?${encodeURIComponent(sent)}`)],
  ['under status 200', (sent) => text(200, sent)],
  ['as a token that is none', (sent) => json(200, { access_token: `a b ${sent}`, value: `a b ${sent}` })],
]

function everythingSent({ headers, rawBody }: RequestRecord): string {
  const form = [...new URLSearchParams(rawBody.toString()).values()].join(' ')
  const { authorization = '' } = headers
  const basic = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString()
  return [
    authorization,
    decodeURIComponent(/^[\x20-\x7e]*$/.test(basic) ? basic.replace(/%(?![\dA-F]{2})/g, '%25') : ''),
    rawBody.toString(),
    form,
  ].join(' ')
}

/** Where a server shows what it was sent, and the credential of the runs that ask there. */
const PLACES = [
  ['/oidc/.well-known/oauth-authorization-server', 'any credential'],
  ['/oidc/v1/token', 'a secret'],
  ['/oidc/v1/token', 'a token of GitHub'],
  // GitHub's.
  ['/token', 'a token of GitHub'],
  ['/api/2.0/secrets/scopes/list', 'any credential'],
] as const

const CASES = PLACES.flatMap(([where, by]) =>
  ECHOES.map(([how, answer]) => ({ where, by, how, answer })),
).map((each, index) => ({ ...each, seed: SEED + index }))

// A credential opens more than any value of the map.
test.each(CASES)(
  'the server at $where shows credentials $how to a run with $by, which does not',
  async ({ where, by, answer, seed }) => {
    await fc.assert(
      fc.asyncProperty(
        credential,
        credential,
        by === 'any credential' ? fc.boolean() : fc.constant(by === 'a secret'),
        async (clientSecret, requestToken, isSecret) => {
          expect(await isAsked(where, clientSecret, requestToken, isSecret, answer)).toBe(true)
        },
      ),
      { seed, numRuns: RUNS, endOnFailure: true },
    )
  },
)

test('with the secret of a client, GitHub has no part in it', async () => {
  const [, answer] = ECHOES[0] ?? []
  expect(answer && (await isAsked('/token', 'fake-secret-1', 'fake-request-token', true, answer))).toBe(false)
})

/** Expects that a run shows no credential, where the server at a path shows them. Tells whether that was asked. */
async function isAsked(
  where: string,
  clientSecret: string,
  requestToken: string,
  bySecret: boolean,
  answer: (sent: string) => Reply,
): Promise<boolean> {
  const github = await EmulatedGitHub.start({ subject: SUBJECT, requestToken })
  const { issuer, jwksUri } = github
  const policies = [{ issuer, subject: SUBJECT, jwksUri, audiences: ['fake-audience'] }]
  const workspace = await EmulatedWorkspace.start({
    servicePrincipals: [{ applicationId: CLIENT_ID, clientSecrets: [clientSecret], policies }],
  })
  const credentials = new Set([clientSecret, requestToken])
  for (const side of [workspace, github]) {
    side.intercept((request, perform) => {
      const issued = perform()
      for (const [token] of String(issued.body).matchAll(
        /fake-access-token-[\w-]+|ey[\w-]+\.[\w-]+\.[\w-]+/g,
      )) {
        if (request.path !== where) credentials.add(token)
      }
      return request.path === where ? answer(everythingSent(request)) : undefined
    })
  }
  const inputs = {
    'client-id': CLIENT_ID,
    ...(bySecret ? { 'client-secret': clientSecret } : { 'token-audience': 'fake-audience' }),
  }
  const step = await signInTo({ workspace }, inputs, { runnerVariables: github.variables })
  await Promise.all([workspace.close(), github.close()])
  const used = bySecret ? credentials : [...credentials].filter((each) => each !== clientSecret)
  const spellings = [...used].flatMap((each) => spellingsOf(Buffer.from(each)))
  expect([...findLeaks(step, spellings), ...findUnmasked(step, spellings)].slice(0, 5)).toEqual([])
  return [...workspace.requests.all, ...github.requests.all].some(({ path }) => path === where)
}
