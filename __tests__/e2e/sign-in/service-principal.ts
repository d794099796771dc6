import { randomBytes } from 'node:crypto'
import { EmulatedGitHub } from '../../../emulator/github.js'
import { EmulatedWorkspace, type WorkspaceOptions } from '../../../emulator/workspace.js'
import { AT_ONCE } from '../sync-step.js'
import { runStep, type Step, type StepResult } from '../../runner/step.js'

/** The application id of the service principal that signs in. */
export const CLIENT_ID = '00000000-0000-4000-8000-0000000000a1'

/** The job for which GitHub issues tokens. */
export const SUBJECT = 'repo:octo-org/octo-repo:environment:prod'

/** A workspace with a service principal that trusts a job of this GitHub. */
export interface SignInWorld {
  readonly workspace: EmulatedWorkspace
  readonly github: EmulatedGitHub
  /** The OAuth secret of the service principal, new for each test. */
  readonly clientSecret: string
  close(): Promise<void>
}

/**
 * Starts one. By default, the service principal can authenticate with its secret and with the token of the job.
 *
 * @param limitedTo The API scopes of its credentials; default all.
 */
export async function startWorld(
  options: WorkspaceOptions = {},
  limitedTo?: readonly string[],
): Promise<SignInWorld> {
  const github = await EmulatedGitHub.start({ subject: SUBJECT })
  const clientSecret = `fake-secret-${randomBytes(12).toString('hex')}`
  const policy = { issuer: github.issuer, subject: SUBJECT, jwksUri: github.jwksUri }
  const workspace: EmulatedWorkspace = await EmulatedWorkspace.start({
    servicePrincipals: [
      {
        applicationId: CLIENT_ID,
        clientSecrets: [clientSecret],
        policies: [{ ...policy, audiences: ['fake-audience'] }],
        ...(limitedTo !== undefined && { apiScopes: limitedTo }),
      },
    ],
    discovery: 'config',
    defaultAudiences: ['fake-audience'],
    ...options,
  })
  return {
    workspace,
    github,
    clientSecret,
    async close() {
      await workspace.close()
      await github.close()
    },
  }
}

/** Writes one secret to the scope `storage`, {@link AT_ONCE}, with these inputs and no other credential. */
export async function signInTo(
  { workspace }: Pick<SignInWorld, 'workspace'>,
  inputs: Record<string, string>,
  step: Step = {},
): Promise<StepResult> {
  return await runStep({
    ...step,
    with: { host: workspace.url, scope: 'storage', secrets: 'blob=fake-value', ...AT_ONCE, ...inputs },
  })
}

/** The paths of all requests except those to the Secrets API. */
export function signInPaths({ workspace, github }: Pick<SignInWorld, 'workspace' | 'github'>): string[] {
  return [...workspace.requests.all, ...github.requests.all]
    .map(({ method, path }) => `${method} ${path}`)
    .filter((request) => !/\/api\/|jwks/.test(request))
    .sort()
}
