import type { WorkspaceClient } from './workspace-client.js'
import { WorkspaceError } from './workspace-error.js'

/** Somebody in the workspace. */
export interface Identity {
  /** As ACLs name it: the user name, an e-mail, or the application id of a service principal. */
  readonly name: string
  /** Display names of its groups; `users`, which everybody is in, may be missing. */
  readonly groups: readonly string[]
}

/** The one call of the workspace's SCIM API that a run needs. */
export class IdentityApi {
  readonly #client: WorkspaceClient

  constructor(client: WorkspaceClient) {
    this.#client = client
  }

  /**
   * Tells whose token this run has; anybody may ask. A run can do without it, so it is retried for 15 seconds at most. Groups that cannot be read are left out, so what is known of an
   * identity is never more than what is true.
   *
   * @throws {WorkspaceError} `unexpected-response`, too, where the name is none that can be shown.
   */
  async whoAmI(): Promise<Identity> {
    const { userName: name, groups } = await this.#client.get(
      '/api/2.0/preview/scim/v2/Me',
      {},
      { optional: true },
    )
    // It is shown: blanks and control characters are in no e-mail and no id.
    if (typeof name !== 'string' || !/^[^\p{C}\p{Z}]{1,256}$/u.test(name))
      throw new WorkspaceError('unexpected-response')
    // Absent for who is in none.
    const listed: unknown[] = Array.isArray(groups) ? groups : []
    return {
      name,
      groups: listed.flatMap((group) => {
        const { display } = (group ?? {}) as { display?: unknown }
        return typeof display === 'string' ? [display] : []
      }),
    }
  }
}
