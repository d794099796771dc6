import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { EmulatedGitHub } from '../../emulator/github.js'
import type { WorkspaceOptions } from '../../emulator/workspace.js'
import type { SignIn } from '../clients/client.js'
import { SIGN_IN_REFUSALS } from '../refusals.js'
import type { World } from '../world.js'
import { GITHUB_SUBJECT, type Case } from './case.js'

/** A service principal and its credentials. */
const CLIENT_ID = '00000000-0000-4000-8000-00000000ab01'
const CLIENT_SECRET = 'fake-client-secret'
const UNKNOWN_ID = '00000000-0000-4000-8000-00000000ab99'
const AUDIENCE = 'https://example.com/audience'
/** An account. Its id is the default audience of policies. */
const ACCOUNT_ID = '00000000-0000-4000-8000-00000000acc1'

/** Authentication is the same on both plans. */
const SIGNING_IN = { plans: ['premium'], needs: ['emulator'] } as const

const issuedBy = (github: EmulatedGitHub) => ({ issuer: github.issuer, jwksUri: github.jwksUri })

const policyOf = (github: EmulatedGitHub, audiences?: readonly string[]) => ({
  ...issuedBy(github),
  subject: GITHUB_SUBJECT,
  ...(audiences === undefined ? {} : { audiences }),
})

/** A host with metadata that contains its token endpoint, as the Python SDK requires. */
const DESCRIBED = { accountId: ACCOUNT_ID, workspaceId: '1234567890', discovery: 'config' } as const

const HAS_SECRET = {
  servicePrincipals: [{ applicationId: CLIENT_ID, clientSecrets: [CLIENT_SECRET] }],
} as const

const bySecret = { workspace: { ...DESCRIBED, ...HAS_SECRET } } as const

const byPolicy = {
  besideGitHub: (github: EmulatedGitHub): Omit<WorkspaceOptions, 'plan'> => ({
    ...DESCRIBED,
    servicePrincipals: [{ applicationId: CLIENT_ID, policies: [policyOf(github, [AUDIENCE])] }],
  }),
} as const

/** The client creates a scope, which then must belong to the service principal. */
async function signedIn(world: World, signIn: SignIn): Promise<void> {
  const { scope, emulator } = world
  await world.done({ do: 'createScope', scope }, { ...world.target, signIn })
  const managers = [...emulator.store.scope(scope).acls]
  world.agree('who manages the scope', managers, [[CLIENT_ID, 'MANAGE']])
  const { issued } = emulator.tokens
  world.agree('whose tokens there are', [...new Set(issued.map(({ holder }) => holder))], [CLIENT_ID])
  const tokens = issued.map(({ token }) => `Bearer ${token}`)
  const [creation] = emulator.requests.to('secrets/scopes/create')
  world.agree('one of them came with the call', tokens.includes(creation?.headers.authorization ?? ''), true)
}

/** The client tries the same, and must fail. */
async function notSignedIn(
  world: World,
  signIn: SignIn,
  refusal: (typeof SIGN_IN_REFUSALS)[keyof typeof SIGN_IN_REFUSALS],
): Promise<void> {
  const { scope, emulator } = world
  await world.signInRefused({ do: 'createScope', scope }, refusal, { ...world.target, signIn })
  world.agree('the number of tokens', emulator.tokens.issued.length, 0)
  world.agree('the number of creations', emulator.requests.to('secrets/scopes/create').length, 0)
}

const githubOf = ({ github: { variables } }: World): Pick<SignIn, 'github'> => ({
  github: {
    url: variables.ACTIONS_ID_TOKEN_REQUEST_URL,
    requestToken: variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN,
  },
})

/** A case in which a GitHub token is rejected, because of a claim or the client id. */
function refusedJwt(
  what: string,
  claims: () => Readonly<Record<string, unknown>>,
  {
    clientId = CLIENT_ID,
    refusal = SIGN_IN_REFUSALS.tokenRefused,
  }: {
    clientId?: string
    refusal?: (typeof SIGN_IN_REFUSALS)[keyof typeof SIGN_IN_REFUSALS]
  } = {},
): Case {
  return {
    ...SIGNING_IN,
    ...byPolicy,
    title: `env-oidc: refused for ${what}`,
    async play(world) {
      const oidcToken = await world.github.sign({ aud: AUDIENCE, ...claims() })
      await notSignedIn(world, { authType: 'env-oidc', clientId, oidcToken }, refusal)
    },
  }
}

/** Clients that request their token themselves. */
export const SIGN_IN_CASES: readonly Case[] = [
  {
    ...SIGNING_IN,
    ...bySecret,
    title: 'oauth-m2m: with a client secret',
    play: (world) =>
      signedIn(world, { authType: 'oauth-m2m', clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }),
  },
  {
    ...SIGNING_IN,
    title: 'oauth-m2m: on a host that does not describe itself',
    workspace: HAS_SECRET,
    play: (world) =>
      signedIn(world, { authType: 'oauth-m2m', clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }),
  },
  {
    ...SIGNING_IN,
    ...bySecret,
    title: 'oauth-m2m: refused for a wrong secret',
    play: (world) =>
      notSignedIn(
        world,
        { authType: 'oauth-m2m', clientId: CLIENT_ID, clientSecret: 'fake-wrong-secret' },
        SIGN_IN_REFUSALS.clientUnknown,
      ),
  },
  {
    ...SIGNING_IN,
    ...bySecret,
    title: 'oauth-m2m: refused for an unknown client id',
    play: (world) =>
      notSignedIn(
        world,
        { authType: 'oauth-m2m', clientId: UNKNOWN_ID, clientSecret: CLIENT_SECRET },
        SIGN_IN_REFUSALS.clientUnknown,
      ),
  },
  {
    ...SIGNING_IN,
    ...byPolicy,
    title: 'env-oidc: with a JWT in a variable',
    async play(world) {
      const oidcToken = await world.github.sign({ aud: AUDIENCE })
      await signedIn(world, { authType: 'env-oidc', clientId: CLIENT_ID, oidcToken })
    },
  },
  {
    ...SIGNING_IN,
    title: 'env-oidc: without a client id, for the whole account',
    besideGitHub: (github) => ({
      ...DESCRIBED,
      servicePrincipals: [{ applicationId: CLIENT_ID }],
      accountPolicies: [{ ...issuedBy(github), audiences: [AUDIENCE] }],
    }),
    async play(world) {
      const oidcToken = await world.github.sign({ aud: AUDIENCE, sub: CLIENT_ID })
      await signedIn(world, { authType: 'env-oidc', oidcToken })
    },
  },
  {
    ...SIGNING_IN,
    ...byPolicy,
    title: 'file-oidc: with a JWT in a file',
    async play(world) {
      const folder = await mkdtemp(path.join(tmpdir(), 'contract-'))
      try {
        const oidcTokenFile = path.join(folder, 'token')
        await writeFile(oidcTokenFile, await world.github.sign({ aud: AUDIENCE }), { mode: 0o600 })
        await signedIn(world, { authType: 'file-oidc', clientId: CLIENT_ID, oidcTokenFile })
      } finally {
        await rm(folder, { recursive: true })
      }
    },
  },
  {
    ...SIGNING_IN,
    ...byPolicy,
    title: 'github-oidc: for an audience that one names',
    play: (world) =>
      signedIn(world, {
        authType: 'github-oidc',
        clientId: CLIENT_ID,
        tokenAudience: AUDIENCE,
        ...githubOf(world),
      }),
  },
  {
    ...SIGNING_IN,
    title: 'github-oidc: for the audience that the host names',
    // A policy without audiences expects the account id.
    besideGitHub: (github) => ({
      ...DESCRIBED,
      defaultAudiences: [ACCOUNT_ID],
      servicePrincipals: [{ applicationId: CLIENT_ID, policies: [policyOf(github)] }],
    }),
    async play(world) {
      await signedIn(world, { authType: 'github-oidc', clientId: CLIENT_ID, ...githubOf(world) })
      const [asked] = world.github.requests.at('/token')
      world.agree('the audience', asked?.query.get('audience'), ACCOUNT_ID)
    },
  },
  {
    ...SIGNING_IN,
    title: 'github-oidc: refused for the token endpoint as audience',
    besideGitHub: (github) => ({ ...byPolicy.besideGitHub(github), defaultAudiences: [] }),
    async play(world) {
      const signIn: SignIn = { authType: 'github-oidc', clientId: CLIENT_ID, ...githubOf(world) }
      await notSignedIn(world, signIn, SIGN_IN_REFUSALS.tokenRefused)
      const [asked] = world.github.requests.at('/token')
      world.agree('the audience', asked?.query.get('audience'), `${world.target.url}/oidc/v1/token`)
    },
  },
  refusedJwt('another subject', () => ({ sub: 'repo:octo-org/other-repo:ref:refs/heads/main' })),
  refusedJwt('another audience', () => ({ aud: 'https://example.com/other' })),
  refusedJwt('a JWT that has expired', () => ({ exp: Math.floor(Date.now() / 1_000) - 60 })),
  refusedJwt('an unknown client id', () => ({}), {
    clientId: UNKNOWN_ID,
    refusal: SIGN_IN_REFUSALS.clientUnknown,
  }),
]
