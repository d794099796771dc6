import { EmulatedGitHub } from '../../emulator/github.js'
import { TlsFront } from '../../emulator/tls-front.js'
import { EmulatedWorkspace } from '../../emulator/workspace.js'
import { runStep, type StepResult } from '../../__tests__/runner/step.js'

/** What of a run is shown: its job summary, or the log of its step. */
export type Subject = 'summary' | 'log'

/** A run of the action that is worth a picture. */
export interface Scene {
  readonly name: string
  readonly shows: readonly Subject[]
  /** The inputs of the step, without the host and the credentials. */
  readonly inputs: Readonly<Record<string, string>>
  /** Makes the workspace as the run is to find it. */
  readonly prepare?: (workspace: EmulatedWorkspace) => void
  /** How the step ends: a picture of a failure is of one. */
  readonly exitCode: 0 | 1
}

/** A picture of a scene. */
export interface Picture {
  readonly subject: Subject
  readonly scheme: 'light' | 'dark'
  /** `<subject>-<name>.png`, or `<subject>-<name>-dark.png`. */
  readonly file: string
}

/** The pictures of a scene: a summary for readers with a light and with a dark page; a log is dark on both. */
export function picturesOf({ name, shows }: Scene): Picture[] {
  return shows.flatMap((subject): Picture[] => {
    const light: Picture = { subject, scheme: 'light', file: `${subject}-${name}.png` }
    if (subject === 'log') return [light]
    return [light, { subject, scheme: 'dark', file: `${subject}-${name}-dark.png` }]
  })
}

/** What a scene leaves to be shown. */
export type Shown = Pick<StepResult, 'entries' | 'exitCode' | 'summaryShown'>

/** The workspace of all scenes, as it shows in their pictures: one that does not exist. */
export const HOST = 'dbc-a1b2c3d4-e5f6.cloud.databricks.com'

/** The service principal that signs in: one that does not exist. */
export const CLIENT_ID = '00000000-0000-4000-8000-0000000000a1'

/** In ms: what the machine took differs each time, and says nothing of another. */
const DURATION_MS = 640

/** Runs the built action as a scene has it: against a workspace on loopback that answers under the name {@link HOST}. */
export async function play({ inputs, prepare }: Scene): Promise<Shown> {
  const subject = 'repo:owner/repo:environment:prod'
  const github = await EmulatedGitHub.start({ subject, repository: 'owner/repo' })
  const { issuer, jwksUri } = github
  const policy = { issuer, jwksUri, subject, audiences: [`https://${HOST}/oidc/v1/token`] }
  const workspace = await EmulatedWorkspace.start({
    servicePrincipals: [{ applicationId: CLIENT_ID, policies: [policy] }],
    discovery: 'config',
    principals: ['data-team', 'platform-team', 'interns'],
  })
  const front = await TlsFront.start({ [HOST]: workspace.url })
  try {
    prepare?.(workspace)
    const { entries, ...result } = await runStep({
      with: { host: `https://${HOST}`, 'client-id': CLIENT_ID, scope: 'storage', ...inputs },
      runnerVariables: { ...front.variables, ...github.variables },
    })
    return { ...result, entries: entries.map((entry) => ({ ...entry, text: withoutDuration(entry.text) })) }
  } finally {
    await Promise.all([front.close(), workspace.close(), github.close()])
  }
}

function withoutDuration(line: string): string {
  return line.replace(/\((?:\d+ ms|\d+\.\d s)\)\.$/, `(${DURATION_MS} ms).`)
}
