import type { WorkspaceHost } from '../host.js'
import { entraLoginOf } from './azure-host.js'
import { AUTH_TYPES, type AuthType } from './sign-in.js'
import type { Setting, SignInSettings } from './sign-in-settings.js'

/** The way that a run signs in. */
export interface ChosenWay {
  readonly authType: AuthType
  /** The settings that it uses, as a person names them, with where each came from. */
  readonly parts: readonly string[]
}

/** Why no way could be chosen: the input to look at, and what is wrong, in our own words. */
export interface NoWay {
  readonly input: string
  readonly message: string
  /** Set where a secret that GitHub does not show to this job would be missing just like this. */
  readonly cause?: 'not-visible'
}

/** The settings by the names of their inputs; those that have none, by their variables. */
const NAMES = {
  token: 'token',
  clientId: 'client-id',
  clientSecret: 'client-secret',
  azureClientId: 'azure-client-id',
  azureClientSecret: 'azure-client-secret',
  azureTenantId: 'azure-tenant-id',
  oidcToken: 'DATABRICKS_OIDC_TOKEN',
  oidcTokenFile: 'DATABRICKS_OIDC_TOKEN_FILEPATH',
} as const

type Part = keyof typeof NAMES

/** What each way needs: settings, those that it can do without, and things that are no settings. */
const NEEDS: Readonly<
  Record<AuthType, { parts: readonly Part[]; optional?: readonly Part[]; also?: readonly Surrounding[] }>
> = {
  pat: { parts: ['token'] },
  'oauth-m2m': { parts: ['clientId', 'clientSecret'] },
  'github-oidc': { parts: [], optional: ['clientId'], also: ['github'] },
  'env-oidc': { parts: ['oidcToken'], optional: ['clientId'] },
  'file-oidc': { parts: ['oidcTokenFile'], optional: ['clientId'] },
  'github-oidc-azure': { parts: ['azureClientId', 'azureTenantId'], also: ['azure', 'github'] },
  'azure-client-secret': { parts: ['azureClientId', 'azureClientSecret', 'azureTenantId'], also: ['azure'] },
  'azure-cli': { parts: [], also: ['azure', 'azureCli'] },
}

type Surrounding = 'github' | 'azure' | 'azureCli'

/** What a person has to do about a thing that is no setting. */
const SURROUNDINGS: Readonly<Record<Surrounding, string>> = {
  github: 'the permission of the job: id-token: write and contents: read',
  azure: 'a workspace of Azure',
  azureCli: 'an azure/login step before this one',
}

/** A way, with what of its needs is there. */
interface Candidate {
  readonly authType: AuthType
  readonly given: readonly { readonly part: Part; readonly setting: Setting<unknown> }[]
  readonly lacks: readonly string[]
  /** 2 if inputs alone name it, 1 if a variable has a part in it, 0 if nothing does. */
  readonly level: 0 | 1 | 2
}

/**
 * Chooses the way to sign in. With `auth-type`, that one. Without, the one whose needs are all there: a way that inputs
 * name wins over one in which a variable has a part, so that a variable somebody forgot does not win over what the
 * workflow says. Two on one level are told apart by nobody but the workflow.
 */
export function chooseWay(settings: SignInSettings, host: WorkspaceHost | undefined): ChosenWay | NoWay {
  const candidates = AUTH_TYPES.map((authType) => candidateOf(authType, settings, host))
  const { authType } = settings
  if (authType !== undefined) {
    const wanted = candidates.find((candidate) => candidate.authType === authType.value)
    if (wanted === undefined) {
      return { input: authType.source, message: `must be one of ${AUTH_TYPES.join(', ')}` }
    }
    if (wanted.lacks.length === 0) return chosen(wanted)
    return {
      input: authType.source,
      message: `${wanted.authType} lacks ${wanted.lacks.join(', and ')}. ${HINT}`,
      ...(!wanted.lacks.includes(SURROUNDINGS.azure) && NOT_VISIBLE),
    }
  }
  const complete = candidates.filter(({ lacks }) => lacks.length === 0)
  const level = Math.max(...complete.map((candidate) => candidate.level))
  const best = complete.filter((candidate) => candidate.level === level)
  const [one, two] = best.filter((candidate) => !best.some((other) => saysMore(other, candidate)))
  if (one === undefined) return noneComplete(candidates, settings, host)
  if (two === undefined) return chosen(one)
  return {
    input: 'auth-type',
    message: `not set, and there are two ways to sign in: ${describe(one)} and ${describe(two)}. Take one of them out, or name one here`,
  }
}

function candidateOf(
  authType: AuthType,
  settings: SignInSettings,
  host: WorkspaceHost | undefined,
): Candidate {
  const { parts, optional = [], also = [] } = NEEDS[authType]
  const given = [...parts, ...optional].flatMap((part) => {
    const setting = settings[part]
    return setting === undefined ? [] : [{ part, setting }]
  })
  const lacks = [
    ...parts.filter((part) => settings[part] === undefined).map((part) => NAMES[part]),
    ...also.filter((thing) => !isThere(thing, settings, host)).map((thing) => SURROUNDINGS[thing]),
  ]
  const level = given.length === 0 ? 0 : given.every(({ setting }) => setting.from === 'input') ? 2 : 1
  return { authType, given, lacks, level }
}

function isThere(thing: Surrounding, settings: SignInSettings, host: WorkspaceHost | undefined): boolean {
  switch (thing) {
    case 'github':
      return settings.github !== undefined
    case 'azure':
      // Where the host is at fault, that is told, and nothing that follows from it.
      return host === undefined || entraLoginOf(host) !== undefined
    case 'azureCli':
      return settings.azureCliProfile === true
  }
}

/** Whether a way uses all that another does, and more: who gives a client's secret too means that one. */
function saysMore(one: Candidate, other: Candidate): boolean {
  const parts = new Set(one.given.map(({ part }) => part))
  return one.given.length > other.given.length && other.given.every(({ part }) => parts.has(part))
}

function chosen({ authType, given }: Candidate): ChosenWay {
  const parts = given.map(({ part, setting }) =>
    setting.source === NAMES[part] ? setting.source : `${NAMES[part]} from ${setting.source}`,
  )
  return { authType, parts }
}

function describe(candidate: Candidate): string {
  const sources = candidate.given.map(({ setting }) => setting.source)
  return sources.length === 0 ? candidate.authType : `${candidate.authType} (${sources.join(', ')})`
}

function noneComplete(
  candidates: readonly Candidate[],
  settings: SignInSettings,
  host: WorkspaceHost | undefined,
): NoWay {
  const possible = candidates.filter(
    ({ authType }) => !NEEDS[authType].also?.includes('azure') || isThere('azure', settings, host),
  )
  const lines = possible.map(({ authType, lacks }) => `${authType} lacks ${lacks.join(', and ')}`)
  const isNothingGiven = candidates.every(({ given }) => given.length === 0)
  return {
    input: isNothingGiven ? 'token' : 'auth-type',
    message: `${isNothingGiven ? 'not set, and no other' : 'not set, and no'} way to sign in is complete: ${lines.join('; ')}. ${HINT}`,
    ...NOT_VISIBLE,
  }
}

const NOT_VISIBLE = { cause: 'not-visible' } as const

const HINT =
  'Where one is set to a secret, that secret is not visible to this job: check its name, the environment of the job, ' +
  'and that the workflow does not run for a fork'
