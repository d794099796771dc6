import type { SecretsApi } from '../databricks/secrets-api.js'
import { WorkspaceError } from '../databricks/workspace-error.js'
import type { SecretMap } from '../secrets/secret-map.js'
import { applyKeys } from './apply.js'
import { readCurrent } from './current.js'
import type { SyncOptions } from './options.js'
import { makePlan, type Plan } from './plan.js'
import { foresee, NOTHING_YET, type Result } from './result.js'
import { createScope, type Creation, type WantedScope } from './scope.js'

/** What a run is to bring about. */
export interface Wanted {
  readonly secrets: SecretMap
  readonly scope: WantedScope
  readonly options: SyncOptions
  /** Whether the name of a key can be told. */
  readonly canBeNamed: (key: string) => boolean
}

/** Called while a sync goes on, each ahead of what it tells of or just behind it. */
export interface Progress {
  readonly onPlan: (plan: Plan) => void
  readonly onCreation: (scope: string, creation: Creation) => void
  readonly onDelete: (keys: readonly string[]) => void
}

/**
 * Brings the map into the scope: sees what is there, plans, and applies the plan, or in a dry run only tells it.
 *
 * Nothing is thrown: an error that stops the run ahead of the first put is part of the result, beside all that is known.
 */
export async function sync(api: SecretsApi, wanted: Wanted, progress: Progress): Promise<Result> {
  const { secrets, scope, options, canBeNamed } = wanted
  const { dryRun, verify } = options
  const look = async (): Promise<Plan> =>
    makePlan(secrets, await readCurrent(api, secrets, scope, options, canBeNamed), scope, options)

  let result: Result = { ...NOTHING_YET, dryRun }
  try {
    let plan = await look()
    progress.onPlan(plan)
    if (dryRun) return foresee(plan)
    if (plan.scope.action === 'create') {
      try {
        const created = await createScope(api, scope)
        result = { ...result, plan, created }
        progress.onCreation(plan.scope.name, created)
      } catch (error) {
        if (!(error instanceof WorkspaceError && error.is('RESOURCE_ALREADY_EXISTS'))) throw error
        // Another job has created it since we looked, and may have put keys there that decide what is to be done.
        plan = await look()
        if (plan.scope.action === 'create') throw error
        progress.onPlan(plan)
      }
    }
    result = { ...result, plan }
    return { ...result, keys: await applyKeys(api, plan, { verify, onDelete: progress.onDelete }) }
  } catch (error) {
    return { ...result, stoppedBy: error }
  }
}
