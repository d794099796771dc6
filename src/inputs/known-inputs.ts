import { REQUEST_INPUTS } from './requests.js'

/**
 * Every input of action.yml with its default, in the order of the file. The runner hands a default over as if the
 * workflow had given it, so whether an input was given can only be told by comparing its text with this one.
 */
export const KNOWN_INPUTS = {
  host: '',
  'workspace-id': '',
  token: '',
  'auth-type': '',
  'client-id': '',
  'client-secret': '',
  'token-audience': '',
  'azure-client-id': '',
  'azure-client-secret': '',
  'azure-tenant-id': '',
  scope: '',
  'create-scope': 'true',
  'initial-manage-principal': 'auto',
  secrets: '',
  'secret-envs': '',
  'secret-files': '',
  'secrets-file': '',
  include: '',
  exclude: '',
  'key-strip-prefix': '',
  'key-case': 'keep',
  'key-prefix': '',
  'if-exists': 'update',
  prune: 'false',
  'prune-exclude': '',
  'prune-limit': '10',
  permissions: '',
  verify: 'false',
  'max-age-days': '',
  'dry-run': 'false',
  concurrency: String(REQUEST_INPUTS.concurrency.default),
  'requests-per-second': String(REQUEST_INPUTS['requests-per-second'].default),
  'retry-timeout-seconds': String(REQUEST_INPUTS['retry-timeout-seconds'].default),
  summary: 'true',
  'pr-comment': 'false',
  'github-token': '${{ github.token }}',
} as const satisfies Readonly<Record<string, string>>

/** The name of an input, as action.yml declares it. */
export type InputName = keyof typeof KNOWN_INPUTS

/**
 * Whether an input was left at its default, as far as that can be told: a workflow that gives the default itself, or an
 * empty text, looks the same, and `True` is `true`. The default of `github-token` is the token of the job, which begins with `ghs_`, as every
 * token of a GitHub App does.
 *
 * @param text The text of the input; undefined where the runner has not passed it on.
 */
export function isDefault(input: InputName, text = ''): boolean {
  const given = text.trim().toLowerCase()
  if (given === '' || given === KNOWN_INPUTS[input]) return true
  return input === 'github-token' && given.startsWith('ghs_')
}
