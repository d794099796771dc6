import type { PermissionFailure, PlannedPermission } from './permission-plan.js'

/** How often a change is repeated that the workspace accepted but does not list. */
const MAX_REPEATS = 3

/** The wait before each repeat, in ms. */
export const REPEAT_WAIT_MS = 1_000

/** The calls that change permissions of one kind, and what a list of them says. */
export interface PermissionChanges<Listed> {
  /**
   * Sends changes, and adds the errors to the failures.
   *
   * @param listed The permissions as last listed; undefined before the first list.
   */
  readonly send: (
    changes: readonly PlannedPermission[],
    listed: readonly Listed[] | undefined,
    isRepeat: boolean,
  ) => Promise<void>
  readonly list: () => Promise<readonly Listed[]>
  readonly isDone: (change: PlannedPermission, listed: readonly Listed[]) => boolean
  /** The error of a change that was accepted several times and is not listed. */
  readonly notListed: (change: PlannedPermission, listed: readonly Listed[]) => Error
}

/**
 * Changes permissions, reads them back, and adds the errors to `failures`. A change that the workspace accepted but does not
 * list is repeated up to three times, because workspaces apply some late or never (seen).
 *
 * @param waitMs The wait before a change is repeated, in ms.
 */
export async function applyChanges<Listed>(
  changes: readonly PlannedPermission[],
  failures: Map<PlannedPermission, PermissionFailure>,
  waitMs: number,
  { send, list, isDone, notListed }: PermissionChanges<Listed>,
): Promise<void> {
  let listed: readonly Listed[] | undefined
  let missing = changes
  for (let repeats = 0; missing.length > 0; repeats++) {
    await send(missing, listed, repeats > 0)
    const done = changes.filter((each) => !failures.has(each))
    if (done.length === 0) return
    try {
      listed = await list()
    } catch (error) {
      // It is not certain that any of them is changed.
      for (const each of done) failures.set(each, { error, written: true })
      return
    }
    const current = listed
    missing = done.filter((each) => !isDone(each, current))
    if (missing.length === 0) return
    if (repeats === MAX_REPEATS) {
      for (const each of missing) failures.set(each, { error: notListed(each, current), written: true })
      return
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}
