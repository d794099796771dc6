import { WorkspaceError } from '../../src/databricks/workspace-error.js'
import type { RunContext } from '../../src/report/report.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'
import type { PermissionResult } from '../../src/stores/permission-plan.js'
import type { PlannedKey } from '../../src/sync/plan.js'
import type { KeyResult, TargetResult } from '../../src/sync/result.js'
import type { Target } from '../../src/sync/target.js'

/** What a report of a made-up run says about the run itself. */
export const CONTEXT: RunContext = {
  workspaceUrl: 'https://workspace.example',
  origin: 'https://workspace.example',
  hostFromVariables: [],
  identity: undefined,
  env: {},
  redactor: new Redactor([]),
  auth: { authType: 'pat', usedSettings: ['token'], fromVariables: [], ignoredInputs: [] },
  isForPullRequest: false,
  qualifiesKeys: false,
  showsNames: false,
  cancelled: false,
}

/** The same for a run with a config file. */
export const WITH_CONFIG: RunContext = { ...CONTEXT, qualifiesKeys: true }

/** What happened to a made-up target. */
interface MadeUp {
  readonly keys?: readonly KeyResult[]
  readonly permissions?: readonly PermissionResult[]
  /** Planned keys, for a target that was not started. */
  readonly planned?: readonly string[]
  readonly stoppedBy?: unknown
  readonly maxAgeDays?: number
  /** Existing keys with their age in days. */
  readonly ages?: Readonly<Record<string, number>>
}

const ACTIONS = {
  created: 'create',
  updated: 'update',
  unchanged: 'unchanged',
  kept: 'keep',
  deleted: 'delete',
  failed: 'update',
} as const

/** The result of a scope with this name. */
export function targetResult(
  name: string,
  { keys = [], permissions = [], planned = [], maxAgeDays, ages = {}, ...stop }: MadeUp,
): TargetResult {
  const entryOf = (key: string) => ({
    key,
    value: new SecretValue('fake-value'),
    location: { source: 'secrets' } as never,
  })
  const target: Target = {
    store: { kind: 'scope', name, create: true, initialManagePrincipal: 'auto' },
    secrets: [],
    neverPruned: [],
    permissions: { lines: [], exact: false },
    options: { ifExists: 'compare', prune: undefined, consumers: false, verify: false, maxAgeDays },
    isPrintableName: () => true,
  }
  const existing = Object.entries(ages).map(([key, days]) => {
    // An hour more, so that it is past the day.
    return { name: key, lastUpdated: Date.now() - (days * 24 + 1) * 3_600_000 }
  })
  const plannedKeys = [
    ...keys.map(({ key, outcome }): PlannedKey => ({ action: ACTIONS[outcome], key, entry: entryOf(key) })),
    ...planned.map((key): PlannedKey => ({ action: 'create', key, entry: entryOf(key) })),
  ]
  const plan: TargetResult['plan'] = {
    store: { kind: 'scope', name, action: 'use', keys: existing, unprintable: 0, isComplete: true },
    keys: plannedKeys,
    unmatchedExcludes: [],
    protectedKeys: [],
    uncompared: undefined,
    permissions: undefined,
  }
  return {
    target,
    plan: 'stoppedBy' in stop ? undefined : plan,
    created: undefined,
    keys,
    permissions,
    ...stop,
  }
}

/** Keys of one outcome, named after it and numbered. */
export function keysThat(are: 'created' | 'updated' | 'unchanged' | 'deleted', number: number): KeyResult[] {
  return Array.from({ length: number }, (_, index) => ({ key: `${are}-${index}`, outcome: are }))
}

/** A refusal of the workspace with this message. */
export function refusal(serverMessage: string): WorkspaceError {
  return new WorkspaceError('error-response', { status: 400, errorCode: 'BAD_REQUEST', serverMessage })
}
