import type { WorkspaceHost } from '../host.js'
import {
  AUTH_METHODS,
  AUTH_TYPES,
  OPTION_NAMES,
  SETTING_NAMES,
  type AuthType,
  type OptionName,
  type Prerequisite,
  type SettingName,
} from './auth-methods.js'
import type { AuthSetting, AuthSettings } from './auth-settings.js'
import { entraLoginHost, entraUnavailableReason } from './azure-host.js'

/** The authentication method of a run. */
export interface AuthMethod {
  readonly authType: AuthType
  /** The names of the settings that it uses, with their source if that is an environment variable. */
  readonly usedSettings: readonly string[]
  /** The used settings that come from environment variables. */
  readonly fromVariables: readonly string[]
  /** Inputs of other methods, which are ignored because of `auth-type`. */
  readonly ignoredInputs: readonly string[]
}

/** Why no authentication method could be chosen: the input to change, and a message without untrusted text. */
export interface AuthMethodError {
  readonly input: string
  readonly message: string
  /** Set if a secret that GitHub does not show to this job would cause the same error. */
  readonly cause?: 'not-visible'
}

/** How to fulfil each prerequisite. `azure` depends on the host: see {@link entraUnavailableReason}. */
const PREREQUISITE_ADVICE: Readonly<Record<Exclude<Prerequisite, 'azure'>, string>> = {
  github: 'give the job the permissions id-token: write and contents: read',
  azureCli: 'add an azure/login step before this step',
}

/** An authentication method, with its settings that are set and its requirements that are missing. */
interface Candidate {
  readonly authType: AuthType
  readonly given: readonly { readonly name: SettingName; readonly setting: AuthSetting<unknown> }[]
  readonly missingSettings: readonly SettingName[]
  readonly missingPrerequisites: readonly Prerequisite[]
}

/**
 * Chooses the authentication method, in three steps:
 *
 * 1. If `auth-type` is set: that method. Inputs of other methods are ignored.
 * 2. Otherwise, if inputs set credentials or ids: a method that uses all of these inputs. Environment variables and the
 *    job's OIDC token may complete it, but a method that needs no variable takes precedence. So a variable on the runner
 *    never replaces a credential of the workflow.
 * 3. Otherwise: the method that uses the most environment variables. The Azure CLI session and account-wide federation are
 *    not used here, because the workflow does not mention them.
 */
export function chooseAuthMethod(
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethod | AuthMethodError {
  const candidates = AUTH_TYPES.map((authType) => createCandidate(authType, settings, host))
  if (settings.authType !== undefined) return chooseByAuthType(settings.authType, candidates, settings, host)
  const inputs = settingsFromInputs(settings)
  return inputs.length > 0
    ? chooseByInputs(inputs, candidates, settings, host)
    : chooseByVariables(candidates, settings, host)
}

function chooseByAuthType(
  authType: AuthSetting<string>,
  candidates: readonly Candidate[],
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethod | AuthMethodError {
  const input = authType.source
  const candidate = candidates.find((each) => each.authType === authType.value)
  if (candidate === undefined) return { input, message: `must be one of ${AUTH_TYPES.join(', ')}` }
  if (isComplete(candidate)) return methodOf(candidate, settings)
  if (host !== undefined && candidate.missingPrerequisites.includes('azure')) {
    return {
      input,
      message: `${candidate.authType} cannot be used with this host. ${entraUnavailableReason(host)}`,
    }
  }
  return {
    input,
    message:
      `${candidate.authType} is incomplete: ${describeMissing(candidate)}` +
      `${describeEmpty(candidate.missingSettings)}${describeProfile(settings)}`,
    ...NOT_VISIBLE,
  }
}

function chooseByInputs(
  inputs: readonly SettingName[],
  candidates: readonly Candidate[],
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethod | AuthMethodError {
  const names = joinNames(inputs.map((name) => SETTING_NAMES[name]))
  const matching = candidates.filter(({ authType }) =>
    inputs.every((name) => settingsOf(authType).includes(name)),
  )
  if (matching.length === 0) {
    return {
      input: 'auth-type',
      message: `not set, and no authentication method uses ${names} together. Remove the inputs of other methods, or set auth-type`,
    }
  }
  const complete = matching.filter(isComplete)
  const withoutVariables = complete.filter(({ given }) =>
    given.every(({ setting }) => setting.from === 'input'),
  )
  const [one, two] = withoutVariables.length > 0 ? withoutVariables : complete
  if (one === undefined) return incompleteError(inputs, matching, settings, host)
  return two === undefined ? methodOf(one, settings) : ambiguousError(one, two)
}

function chooseByVariables(
  candidates: readonly Candidate[],
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethod | AuthMethodError {
  const matching = candidates
    .filter(({ given, missingPrerequisites }) => given.length > 0 && !missingPrerequisites.includes('azure'))
    .sort((a, b) => b.given.length - a.given.length)
  const [best, ...others] = matching.filter(isComplete)
  if (best !== undefined) {
    const rival = others.find(
      (other) => other.given.length === best.given.length || !sharesSetting(other, best),
    )
    return rival === undefined ? methodOf(best, settings) : ambiguousError(best, rival)
  }
  const [nearest] = matching
  if (nearest === undefined) return nothingSetError(settings, host)
  const given = nearest.given.map(({ name }) => name)
  const alike = matching.filter((each) =>
    given.every((name) => each.given.some((other) => other.name === name)),
  )
  return incompleteError(given, alike, settings, host)
}

function createCandidate(
  authType: AuthType,
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): Candidate {
  const { settings: required, prerequisites = [] } = AUTH_METHODS[authType]
  const given = settingsOf(authType).flatMap((name) => {
    const setting = settings[name]
    return setting === undefined ? [] : [{ name, setting }]
  })
  return {
    authType,
    given,
    missingSettings: required.filter((name) => settings[name] === undefined),
    missingPrerequisites: prerequisites.filter((each) => !isAvailable(each, settings, host)),
  }
}

function settingsOf(authType: AuthType): readonly SettingName[] {
  const { settings, optionalSettings = [] } = AUTH_METHODS[authType]
  return [...settings, ...optionalSettings]
}

function settingsFromInputs(settings: AuthSettings): SettingName[] {
  return (Object.keys(SETTING_NAMES) as SettingName[]).filter((name) => settings[name]?.from === 'input')
}

function isAvailable(
  prerequisite: Prerequisite,
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): boolean {
  switch (prerequisite) {
    case 'github':
      return settings.github !== undefined
    case 'azure':
      // An invalid host is reported itself, without errors that follow from it.
      return host === undefined || entraLoginHost(host) !== undefined
    case 'azureCli':
      return settings.azureCliProfile === true
  }
}

function isComplete({ missingSettings, missingPrerequisites }: Candidate): boolean {
  return missingSettings.length === 0 && missingPrerequisites.length === 0
}

function sharesSetting(one: Candidate, other: Candidate): boolean {
  return one.given.some(({ name }) => other.given.some((each) => each.name === name))
}

function methodOf({ authType, given }: Candidate, settings: AuthSettings): AuthMethod {
  const used: { readonly name: string; readonly setting: AuthSetting<unknown> }[] = [
    ...given.map(({ name, setting }) => ({ name: SETTING_NAMES[name], setting })),
    ...optionsOf(authType).flatMap((name) => {
      const setting = settings[name]
      return setting === undefined ? [] : [{ name: OPTION_NAMES[name], setting }]
    }),
  ]
  // The input auth-type needs no mention. A variable may have been set elsewhere and forgotten.
  const { authType: explicit } = settings
  if (explicit?.from === 'variable') used.push({ name: 'auth-type', setting: explicit })
  const described = used.map(({ name, setting }) => ({
    text: setting.source === name ? name : `${name} from ${setting.source}`,
    from: setting.from,
  }))
  return {
    authType,
    usedSettings: described.map(({ text }) => text),
    fromVariables: described.filter(({ from }) => from === 'variable').map(({ text }) => text),
    ignoredInputs: explicit === undefined ? [] : ignoredInputs(authType, settings),
  }
}

function ignoredInputs(authType: AuthType, settings: AuthSettings): string[] {
  const others = settingsFromInputs(settings).filter((name) => !settingsOf(authType).includes(name))
  const otherOptions = (Object.keys(OPTION_NAMES) as OptionName[]).filter(
    (name) => settings[name]?.from === 'input' && !optionsOf(authType).includes(name),
  )
  return [...others.map((name) => SETTING_NAMES[name]), ...otherOptions.map((name) => OPTION_NAMES[name])]
}

function optionsOf(authType: AuthType): readonly OptionName[] {
  return AUTH_METHODS[authType].options ?? []
}

function ambiguousError(one: Candidate, two: Candidate): AuthMethodError {
  return {
    input: 'auth-type',
    message:
      `not set, and there are two authentication methods: ${describeCandidate(one)} and ${describeCandidate(two)}. ` +
      'Remove the settings of one method, or set auth-type',
  }
}

function describeCandidate({ authType, given }: Candidate): string {
  return `${authType} (${given.map(({ setting }) => setting.source).join(', ')})`
}

/** Methods that are not suggested: only workflows that set their environment variable use them. */
const NOT_SUGGESTED: ReadonlySet<AuthType> = new Set(['env-oidc', 'file-oidc'])

/** Some settings of these methods are set, but no method is complete. */
function incompleteError(
  given: readonly SettingName[],
  matching: readonly Candidate[],
  settings: AuthSettings,
  host: WorkspaceHost | undefined,
): AuthMethodError {
  const sources = given.map((name) => settings[name]?.source ?? SETTING_NAMES[name])
  const suggested = matching
    .filter(({ authType }) => !NOT_SUGGESTED.has(authType))
    .sort((a, b) => a.missingSettings.length - b.missingSettings.length)
  if (
    host !== undefined &&
    suggested.every(({ missingPrerequisites }) => missingPrerequisites.includes('azure'))
  ) {
    return {
      input: 'host',
      message: `${joinNames(sources)} cannot be used with this host. ${entraUnavailableReason(host)}`,
    }
  }
  const missing = [...new Set(suggested.flatMap((each) => each.missingSettings))]
  const describe = (some: readonly Candidate[]): string =>
    some.map((candidate) => `${describeMissing(candidate)} (${candidate.authType})`).join(', or ') +
    `${describeEmpty(missing)}${describeProfile(settings)}`
  const [first, ...others] = suggested
  if (first?.missingSettings.length === 0) {
    return {
      input: sources[0] ?? 'auth-type',
      message:
        `the job cannot request an OIDC token: ${describeMissing(first)} (${first.authType}). ` +
        `Otherwise ${describe(others)}`,
      ...NOT_VISIBLE,
    }
  }
  return {
    input: SETTING_NAMES[missing[0] ?? 'clientSecret'],
    message:
      `${joinNames(sources)} ${sources.length === 1 ? 'is' : 'are'} set, but authentication is incomplete: ` +
      describe(suggested),
    ...NOT_VISIBLE,
  }
}

function nothingSetError(settings: AuthSettings, host: WorkspaceHost | undefined): AuthMethodError {
  const setClientId =
    settings.github === undefined ? `set client-id and ${PREREQUISITE_ADVICE.github}` : 'set client-id'
  const isOnAzure = host !== undefined && entraLoginHost(host) !== undefined
  return {
    input: 'token',
    message:
      `not set, and client-id is not set either: ${setClientId} (github-oidc), or set token (pat)` +
      describeEmpty(['token', 'clientId']) +
      (isOnAzure ? '. The session of an azure/login step is used only with auth-type azure-cli' : '') +
      describeProfile(settings),
    ...NOT_VISIBLE,
  }
}

/** What to do so that a method is complete. */
function describeMissing({ missingSettings, missingPrerequisites }: Candidate): string {
  const names = missingSettings.map((name) => SETTING_NAMES[name])
  return [
    ...(names.length > 0 ? [`set ${joinNames(names)}`] : []),
    ...missingPrerequisites.flatMap((each) => (each === 'azure' ? [] : [PREREQUISITE_ADVICE[each]])),
  ].join(' and ')
}

/** The most likely cause: GitHub passes an empty text instead of a secret that the job may not read. */
function describeEmpty(missing: readonly SettingName[]): string {
  const inputs = missing.filter((name) => name !== 'oidcToken' && name !== 'oidcTokenFile')
  if (inputs.length === 0) return ''
  const names = inputs.map((name) => SETTING_NAMES[name])
  const isSecret = inputs.every((name) => name === 'clientSecret' || name === 'azureClientSecret')
  return (
    `. If ${joinNames(names, 'or')} is set in the workflow, its ${isSecret ? 'secret' : 'secret or variable'} may not be ` +
    'visible to this job'
  )
}

function describeProfile({ profileVariable }: AuthSettings): string {
  return profileVariable === undefined
    ? ''
    : `. ${profileVariable} is set, but configuration profiles are not read`
}

function joinNames(names: readonly string[], word: 'and' | 'or' = 'and'): string {
  return names.length < 3
    ? names.join(` ${word} `)
    : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1) ?? ''}`
}

const NOT_VISIBLE = { cause: 'not-visible' } as const
