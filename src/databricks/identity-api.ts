import type { CallOptions } from './http/request-scheduler.js'
import type { WorkspaceClient } from './workspace-client.js'
import { WorkspaceError } from './workspace-error.js'

/** A user or service principal of the workspace. */
export interface Identity {
  /** The name that ACLs use: a user name, an e-mail address, or the application id of a service principal. */
  readonly name: string
  /** Display names of its groups. The group `users`, which everyone belongs to, may be missing. */
  readonly groups: readonly string[]
}

/** The only call of the workspace's SCIM API that a run makes. */
export class IdentityApi {
  readonly #client: WorkspaceClient

  constructor(client: WorkspaceClient) {
    this.#client = client
  }

  /**
   * Returns the identity of this run; needs no permission. The call is optional, so it is retried for at most 15 seconds.
   * Groups with an unreadable name are left out.
   *
   * @throws {WorkspaceError} also `unexpected-response`, if the name contains a space or a control character.
   */
  async getIdentity(options: CallOptions = {}): Promise<Identity> {
    const { userName: name, groups } = await this.#client.get(
      '/api/2.0/preview/scim/v2/Me',
      {},
      { ...options, optional: true },
    )
    // The name is printed. No e-mail address and no id contains spaces or control characters.
    if (typeof name !== 'string' || !/^[^\p{C}\p{Z}]{1,256}$/u.test(name))
      throw new WorkspaceError('unexpected-response')
    // The field is missing if there are no groups.
    const listedGroups: unknown[] = Array.isArray(groups) ? groups : []
    return {
      name,
      groups: listedGroups.flatMap((group) => {
        const { display } = (group ?? {}) as { display?: unknown }
        return typeof display === 'string' ? [display] : []
      }),
    }
  }
}
