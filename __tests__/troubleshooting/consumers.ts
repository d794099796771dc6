import type { ConsumersContent } from '../../emulator/consumers/content.js'
import { apiError } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { against, type Scenario, type Scenarios } from './scenario.js'

/** A cluster that everybody sees, with this text in its configuration. */
function cluster(text: string): ConsumersContent {
  return { clusters: [{ cluster_id: 'c-1', spark_conf: { 'spark.password': text }, visibleTo: ['users'] }] }
}

/** Searches for consumers in a workspace with this content, whose scope has the keys `blob` and `old`. */
function searching(
  content: ConsumersContent,
  inputs: Record<string, string> = {},
  change: (workspace: EmulatedWorkspace) => void = () => undefined,
): Scenario {
  const prepare = (workspace: EmulatedWorkspace): void => {
    const acls = { 'ada@example.com': 'MANAGE' } as const
    workspace.store.createScope('storage', { secrets: { blob: 'x', old: 'x' }, acls })
    change(workspace)
  }
  return async () => await against({ consumers: { content } }, prepare, { consumers: 'true', ...inputs })
}

/** What a search for consumers reports. */
export const OF_CONSUMERS: Scenarios = {
  'prune kept …, because a reference was found': searching(cluster('{{secrets/storage/old}}'), {
    prune: 'true',
  }),
  'Nothing was deleted, because the search for consumers failed': searching(
    {},
    { prune: 'true' },
    (workspace) => {
      workspace.intercept(({ path }) =>
        path.endsWith('/jobs/list') ? apiError(503, 'TEMPORARILY_UNAVAILABLE', 'Later.') : undefined,
      )
    },
  ),
  'Partial search: this identity is no workspace admin': searching({}),
  'The code of this repository was not searched for references to keys, because the job has no checkout.':
    searching({}),
  'References to keys that do not exist': searching(cluster('{{secrets/storage/blog}}')),
  'Databricks does not resolve references to secrets in parameters of jobs and tasks': searching({
    jobs: [
      {
        job_id: 1,
        settings: { parameters: [{ name: 'p', default: '{{secrets/storage/blob}}' }] },
        visibleTo: ['users'],
      },
    ],
  }),
  'With if-exists: update, every key is written, so it is unknown which values changed': searching(
    cluster('{{secrets/storage/blob}}'),
  ),
  'A value of this run is in a configuration as plain text': searching(cluster('fake-value')),
}
