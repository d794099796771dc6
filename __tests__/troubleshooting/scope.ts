import { apiError, json } from '../../emulator/reply.js'
import { keyVaultNamed, type KeyVault } from '../../emulator/scope.js'
import type { ScopeContent } from '../../emulator/store.js'
import type { EmulatedWorkspace, WorkspaceOptions } from '../../emulator/workspace.js'
import { against, inOneRun, type Scenario, type Scenarios } from './scenario.js'

const PREMIUM: WorkspaceOptions = { principals: ['data-team', 'interns'] }
const STANDARD: WorkspaceOptions = { plan: 'standard' }

/** Runs the action against a workspace that has the scope `storage`. */
export function into(
  content: ScopeContent,
  inputs: Record<string, string> = {},
  options: WorkspaceOptions = PREMIUM,
  prepare: (workspace: EmulatedWorkspace) => void = () => undefined,
): Scenario {
  return async () =>
    await against(
      options,
      (workspace) => {
        workspace.store.createScope('storage', content)
        prepare(workspace)
      },
      inputs,
    )
}

/** Runs it against a workspace without any scope. */
function without(inputs: Record<string, string>, options: WorkspaceOptions = PREMIUM): Scenario {
  return async () => await against(options, () => undefined, inputs)
}

function keys(number: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: number }, (_, index) => [`old-${index}`, 'fake']))
}

const VAULT: KeyVault = keyVaultNamed('my-vault')
const HERS = { acls: { 'ada@example.com': 'MANAGE' } } as const

/** Has the workspace refuse this call, from the `from`th time on. */
function refusing(call: string, code: string, from = 1): (workspace: EmulatedWorkspace) => void {
  return (workspace) => {
    let times = 0
    workspace.intercept(({ path }) =>
      path.endsWith(call) && ++times >= from ? apiError(400, code, 'No.') : undefined,
    )
  }
}

/** Runs it against a workspace without scopes that refuses this call. */
function withoutButRefusing(call: string, code: string): Scenario {
  return async () => await against(PREMIUM, refusing(call, code))
}

/** Why a scope cannot be written to. */
export const OF_THE_SCOPE: Scenarios = {
  'There is no scope "…" in this workspace, and create-scope is false.': without({ 'create-scope': 'false' }),
  'Ask someone with MANAGE on the scope to grant WRITE to the identity of this run': into({
    acls: { 'ada@example.com': 'READ' },
  }),
  'Ask someone who can create scopes to create "…"': withoutButRefusing('scopes/create', 'PERMISSION_DENIED'),
  'The workspace has a scope "…", but does not list it to this run.': withoutButRefusing(
    'scopes/create',
    'RESOURCE_ALREADY_EXISTS',
  ),
  'A workspace can have at most 1,000 scopes.': withoutButRefusing(
    'scopes/create',
    'RESOURCE_LIMIT_EXCEEDED',
  ),
  'The scope "…" can have at most 1,000 secrets.': into(
    {},
    {},
    PREMIUM,
    refusing('secrets/put', 'RESOURCE_LIMIT_EXCEEDED'),
  ),
  'Check the name of the scope. It can have only letters': withoutButRefusing(
    'scopes/create',
    'INVALID_PARAMETER_VALUE',
  ),
  'The action has no advice for this error code.': into(
    {},
    {},
    PREMIUM,
    refusing('secrets/put', 'BAD_REQUEST'),
  ),
  'The scope "…" was deleted during this run.': into(
    {},
    {},
    PREMIUM,
    refusing('secrets/put', 'RESOURCE_DOES_NOT_EXIST'),
  ),
  'The scope "…" was not created: the input permissions is set': async () =>
    await against(STANDARD, refusing('acls/list', 'RESOURCE_DOES_NOT_EXIST'), {
      permissions: 'data-team=READ',
    }),
  'There is no scope "…" in this workspace, so there are no keys to report on.': without({
    secrets: '',
    'max-age-days': '90',
  }),
  'Every user of the workspace now manages the scope "…"': without({}, STANDARD),
  'The scope "…" cannot be created with initial-manage-principal: creator': without(
    { 'initial-manage-principal': 'creator' },
    STANDARD,
  ),
  'The scope "…" is backed by the Azure key vault … and is read-only in Databricks.': into({
    keyVault: VAULT,
  }),
  'Databricks reserves the name "…"': without({ scope: 'databricks-internal' }),
  'The workspace lists the scope "…" in one call and reports it missing in another.': into(
    {},
    {},
    PREMIUM,
    (workspace) => {
      workspace.intercept(({ path }) =>
        path.endsWith('secrets/list')
          ? apiError(404, 'RESOURCE_DOES_NOT_EXIST', 'Scope storage does not exist!')
          : undefined,
      )
    },
  ),
  ...inOneRun(
    into(
      { secrets: keys(1) },
      { prune: 'true' },
      PREMIUM,
      refusing('secrets/put', 'INVALID_PARAMETER_VALUE'),
    ),
    'The workspace does not accept this key or its value.',
    'Not deleted, because another key failed',
  ),
}

/** What a run reports of a scope to which it can write. */
export const OF_WRITTEN_SCOPES: Scenarios = inOneRun(
  into(
    { secrets: { blob: 'fake', old: 'fake', 'fake-value': 'fake' }, acls: { ...HERS.acls, interns: 'READ' } },
    {
      'if-exists': 'compare',
      prune: 'true',
      'prune-exclude': 'theirs-*',
      permissions: 'ada@example.com=MANAGE',
    },
    { ...PREMIUM, readsRefused: true },
  ),
  'The values of … could not be compared',
  'prune-exclude, …: … no key of the scope, while … deleted.',
  'The … in the scope … not shown, because',
  'Principals that are not in the input permissions have access to the scope "…"',
)

/** Why a plan is refused, or not carried out whole. */
export const OF_THE_PLAN: Scenarios = {
  '… of the scope … not in the map, and prune-limit is …': into({ secrets: keys(11) }, { prune: 'true' }),
  'The scope "…" would hold … keys': into({ secrets: keys(1_000) }),
  'Written, but it could not be read back to verify it.': into(
    {},
    { verify: 'true' },
    { readsRefused: true },
  ),
  'Written, but the workspace returns another value or none.': into(
    {},
    { verify: 'true' },
    PREMIUM,
    (workspace) => {
      workspace.intercept(({ path }, perform) => {
        if (!path.endsWith('secrets/put')) return undefined
        const reply = perform()
        workspace.store.scope('storage').put('blob', 'fake-other-value')
        return reply
      })
    },
  ),
}

/** Why permissions cannot be set, and what they should be. */
export const OF_PERMISSIONS: Scenarios = {
  'The permissions of the scope "…" cannot be read or set by this run: that needs MANAGE.': into(
    { acls: { 'ada@example.com': 'WRITE' } },
    { permissions: 'data-team=READ' },
  ),
  'The input permissions lowers "…" from MANAGE': into(HERS, { permissions: 'ada@example.com=READ' }),
  'This workspace refuses calls about permissions': into({}, { permissions: 'data-team=READ' }, STANDARD),
  'Principals of the input permissions are new to the scope "…", and near to others that have access': into(
    { acls: { ...HERS.acls, auditors: 'READ' } },
    { permissions: 'auditor=READ', 'dry-run': 'true' },
  ),
  'The permissions of the scope "…" could not be read, so the changes to them are not known': into(
    { acls: { 'ada@example.com': 'WRITE' } },
    { permissions: 'data-team=READ', 'dry-run': 'true' },
  ),
  'The input permissions-exact removes the permission of "…", and this may be the identity of this run': into(
    HERS,
    { permissions: 'data-team=READ', 'permissions-exact': 'true' },
    PREMIUM,
    refusing('scim/v2/Me', 'INTERNAL_ERROR'),
  ),
  'The permission of "…" was not removed, because it is not certain that "…" has its permission.': into(
    { acls: { ...HERS.acls, interns: 'READ' } },
    { permissions: 'no-such-team=READ', 'permissions-exact': 'true' },
  ),
  'The permission of "…" was removed several times and is still listed.': into(
    { acls: { ...HERS.acls, interns: 'READ' } },
    { permissions: 'ada@example.com=MANAGE', 'permissions-exact': 'true' },
    PREMIUM,
    (workspace) => {
      workspace.intercept(({ path }) => (path.endsWith('acls/delete') ? json(200, {}) : undefined))
    },
  ),
  'Set, but it could not be read back to verify it.': into(
    HERS,
    { permissions: 'data-team=READ' },
    PREMIUM,
    refusing('acls/list', 'BAD_REQUEST', 2),
  ),
  'The permission of "…" was set to … and …. Run the job again': into(
    HERS,
    { permissions: 'data-team=READ' },
    PREMIUM,
    (workspace) => {
      workspace.intercept(({ path }) => (path.endsWith('acls/put') ? json(200, {}) : undefined))
    },
  ),
  'The input permissions gives "…" …, and this may revoke MANAGE from the identity of this run': into(
    HERS,
    { permissions: 'ada@example.com=READ' },
    PREMIUM,
    refusing('scim/v2/Me', 'INTERNAL_ERROR'),
  ),
  'Check the principal in the input permissions': into(HERS, { permissions: 'no-such-team=READ' }),
}
