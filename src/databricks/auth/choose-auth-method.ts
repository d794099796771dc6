import type { WorkspaceHost } from '../host.js'
import { entraLoginHost, entraUnavailableReason } from './azure-host.js'
import { AUTH_TYPES, type AuthType } from './token-source.js'
import type { AuthSetting, AuthSettings } from './auth-settings.js'

/** The authentication method of a run. */
export interface AuthMethod {
  readonly authType: AuthType
  /** The settings that it uses, as a person names them, with where each came from. */
  readonly parts: readonly string[]
  /** Those of the parts that environment variables gave. */
  readonly fromVariables: readonly string[]
  /** Inputs of other methods, which `auth-type` leaves unused. */
  readonly ignored: readonly string[]
}

/** Why no way could be chosen: the input to look at, and what is wrong, in our own words. */
export interface AuthMethodError {
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
const SURROUNDINGS: Readonly<Record<Exclude<Surrounding, 'azure'>, string>> = {
  github: 'give the job `permissions: id-token: write`',
  azureCli: 'put an azure/login step before this one',
}

/** A way, with what of its needs is there. */
interface Candidate {
  readonly authType: AuthType
  readonly given: readonly { readonly part: Part; readonly setting: AuthSetting<unknown> }[]
  readonly missing: readonly Part[]
  readonly lacks: readonly Surrounding[]
}

/**
 * Chooses the authentication method, in three steps:
 *
 * 1. With `auth-type`, that one. Inputs of other methods are ignored.
 * 2. Otherwise, if an input holds a credential or the id of one: only methods that use all of these inputs. Variables and
 *    the job's OIDC token may complete them; a method that needs no variable wins over one that does. So a credential
 *    that lies around on the runner never takes the place of one that the workflow names.
 * 3. Otherwise the method that uses most of the variables. Neither the session of the Azure CLI nor account-wide
 *    federation is used here: the workflow has not named them.
 */
export function chooseAuthMethod(
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethod | AuthMethodError {
  const candidates = AUTH_TYPES.map((authType) => candidateOf(authType, settings, host))
  if (settings.authType !== undefined) return byAuthType(settings.authType, candidates, settings, host)
  const inputs = partsFromInputs(settings)
  return inputs.length > 0
    ? byInputs(inputs, candidates, settings, host)
    : byVariables(candidates, settings, host)
}

function byAuthType(
  authType: AuthSetting<string>,
  candidates: readonly Candidate[],
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethod | AuthMethodError {
  const input = authType.source
  const named = candidates.find((candidate) => candidate.authType === authType.value)
  if (named === undefined) return { input, message: `must be one of ${AUTH_TYPES.join(', ')}` }
  if (isComplete(named)) return chosen(named, settings)
  if (host !== undefined && named.lacks.includes('azure')) {
    return {
      input,
      message: `${named.authType} cannot be used with this host. ${entraUnavailableReason(host)}`,
    }
  }
  return {
    input,
    message: `${named.authType} is incomplete: ${toDo(named)}${areEmpty(named.missing)}${noProfile(settings)}`,
    ...NOT_VISIBLE,
  }
}

function byInputs(
  inputs: readonly Part[],
  candidates: readonly Candidate[],
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethod | AuthMethodError {
  const names = list(inputs.map((part) => NAMES[part]))
  const able = candidates.filter(({ authType }) => inputs.every((part) => partsOf(authType).includes(part)))
  if (able.length === 0) {
    return {
      input: 'auth-type',
      message: `not set, and no authentication method uses ${names} together. Keep those of one method, or name the method here`,
    }
  }
  const complete = able.filter(isComplete)
  const inputsAlone = complete.filter(({ given }) => given.every(({ setting }) => setting.from === 'input'))
  const [one, two] = inputsAlone.length > 0 ? inputsAlone : complete
  if (one === undefined) return incomplete(inputs, able, settings, host)
  return two === undefined ? chosen(one, settings) : ambiguous(one, two)
}

function byVariables(
  candidates: readonly Candidate[],
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethod | AuthMethodError {
  const able = candidates
    .filter(({ given, lacks }) => given.length > 0 && !lacks.includes('azure'))
    .sort((a, b) => b.given.length - a.given.length)
  const [best, ...others] = able.filter(isComplete)
  if (best !== undefined) {
    const rival = others.find(
      (other) => other.given.length === best.given.length || !sharesSetting(other, best),
    )
    return rival === undefined ? chosen(best, settings) : ambiguous(best, rival)
  }
  const [nearest] = able
  if (nearest === undefined) return nothingGiven(settings, host)
  const given = nearest.given.map(({ part }) => part)
  const alike = able.filter((each) => given.every((part) => each.given.some((other) => other.part === part)))
  return incomplete(given, alike, settings, host)
}

function candidateOf(authType: AuthType, settings: AuthSettings, host: WorkspaceHost | undefined): Candidate {
  const { parts, also = [] } = NEEDS[authType]
  const given = partsOf(authType).flatMap((part) => {
    const setting = settings[part]
    return setting === undefined ? [] : [{ part, setting }]
  })
  return {
    authType,
    given,
    missing: parts.filter((part) => settings[part] === undefined),
    lacks: also.filter((thing) => !isThere(thing, settings, host)),
  }
}

function partsOf(authType: AuthType): readonly Part[] {
  const { parts, optional = [] } = NEEDS[authType]
  return [...parts, ...optional]
}

function partsFromInputs(settings: AuthSettings): Part[] {
  return (Object.keys(NAMES) as Part[]).filter((part) => settings[part]?.from === 'input')
}

function isThere(thing: Surrounding, settings: AuthSettings, host: WorkspaceHost | undefined): boolean {
  switch (thing) {
    case 'github':
      return settings.github !== undefined
    case 'azure':
      // Where the host is at fault, that is told, and nothing that follows from it.
      return host === undefined || entraLoginHost(host) !== undefined
    case 'azureCli':
      return settings.azureCliProfile === true
  }
}

function isComplete({ missing, lacks }: Candidate): boolean {
  return missing.length === 0 && lacks.length === 0
}

function sharesSetting(one: Candidate, other: Candidate): boolean {
  return one.given.some(({ part }) => other.given.some((each) => each.part === part))
}

function chosen({ authType, given }: Candidate, settings: AuthSettings): AuthMethod {
  const used = [
    ...given.map(({ part, setting }) => ({ name: NAMES[part], setting })),
    ...(authType === 'github-oidc' && settings.tokenAudience !== undefined
      ? [{ name: 'token-audience', setting: settings.tokenAudience }]
      : []),
  ]
  // An input says of itself what it is for; a variable may have been forgotten.
  const { authType: named } = settings
  if (named?.from === 'variable') used.push({ name: 'auth-type', setting: named })
  const parts = used.map(({ name, setting }) => ({
    text: setting.source === name ? name : `${name} from ${setting.source}`,
    from: setting.from,
  }))
  return {
    authType,
    parts: parts.map(({ text }) => text),
    fromVariables: parts.filter(({ from }) => from === 'variable').map(({ text }) => text),
    ignored: named === undefined ? [] : ignoredInputs(authType, settings),
  }
}

function ignoredInputs(authType: AuthType, settings: AuthSettings): string[] {
  const others = partsFromInputs(settings).filter((part) => !partsOf(authType).includes(part))
  const isAudienceIgnored = authType !== 'github-oidc' && settings.tokenAudience?.from === 'input'
  return [...others.map((part) => NAMES[part]), ...(isAudienceIgnored ? ['token-audience'] : [])]
}

function ambiguous(one: Candidate, two: Candidate): AuthMethodError {
  return {
    input: 'auth-type',
    message: `not set, and there are two authentication methods: ${describe(one)} and ${describe(two)}. Take one of them out, or name one here`,
  }
}

function describe({ authType, given }: Candidate): string {
  return `${authType} (${given.map(({ setting }) => setting.source).join(', ')})`
}

/** Methods that are meant only by those who have set their variable. */
const BY_VARIABLE_ALONE: ReadonlySet<AuthType> = new Set(['env-oidc', 'file-oidc'])

/** Some of what these methods need is there, and no method has all. */
function incomplete(
  given: readonly Part[],
  able: readonly Candidate[],
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethodError {
  const sources = given.map((part) => settings[part]?.source ?? NAMES[part])
  const meant = able
    .filter(({ authType }) => !BY_VARIABLE_ALONE.has(authType))
    .sort((a, b) => a.missing.length - b.missing.length)
  if (host !== undefined && meant.every(({ lacks }) => lacks.includes('azure'))) {
    return {
      input: 'host',
      message: `${list(sources)} cannot be used with this host. ${entraUnavailableReason(host)}`,
    }
  }
  const missing = [...new Set(meant.flatMap((each) => each.missing))]
  const ways = meant.map((candidate) => `${toDo(candidate)} (${candidate.authType})`)
  return {
    input: NAMES[missing[0] ?? 'clientSecret'],
    message:
      `${list(sources)} ${sources.length === 1 ? 'is' : 'are'} set, but sign-in is incomplete: ` +
      `${ways.join(', or ')}${areEmpty(missing)}${noProfile(settings)}`,
    ...NOT_VISIBLE,
  }
}

function nothingGiven(settings: AuthSettings, host: WorkspaceHost | undefined): AuthMethodError {
  const clientId =
    settings.github === undefined ? `set client-id and ${SURROUNDINGS.github}` : 'set client-id'
  const onAzure = host !== undefined && entraLoginHost(host) !== undefined
  return {
    input: 'token',
    message:
      `not set, and neither is client-id, so there is nothing to sign in with: ${clientId} (github-oidc), or set token ` +
      `(pat)${areEmpty(['token', 'clientId'])}` +
      (onAzure ? '. The session of an azure/login step is used with auth-type azure-cli alone' : '') +
      noProfile(settings),
    ...NOT_VISIBLE,
  }
}

/** What completes a method, as a request to the reader. */
function toDo({ missing, lacks }: Candidate): string {
  const settings = missing.map((part) => NAMES[part])
  return [
    ...(settings.length > 0 ? [`set ${list(settings)}`] : []),
    ...lacks.flatMap((thing) => (thing === 'azure' ? [] : [SURROUNDINGS[thing]])),
  ].join(' and ')
}

/** The likely cause: GitHub gives an empty text in place of what it does not show to a job. */
function areEmpty(missing: readonly Part[]): string {
  const names = missing.filter((part) => part !== 'oidcToken' && part !== 'oidcTokenFile')
  if (names.length === 0) return ''
  const [verb, what] =
    names.length === 1 ? ['is', 'its secret or variable'] : ['are', 'their secrets or variables']
  const kind = names.every((part) => part === 'clientSecret' || part === 'azureClientSecret')
    ? 'its secret'
    : what
  return `; ${list(names.map((part) => NAMES[part]))} ${verb} empty: ${kind} may be not visible to this job`
}

function noProfile({ profileVariable }: AuthSettings): string {
  return profileVariable === undefined
    ? ''
    : `. ${profileVariable} is set, but configuration profiles are not read`
}

function list(names: readonly string[]): string {
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}

const NOT_VISIBLE = { cause: 'not-visible' } as const
