import type { ConsumersContent } from '../../emulator/consumers/content.js'
import { apiError } from '../../emulator/reply.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { against, inOneRun, type Scenario, type Scenarios } from './scenario.js'

const visibleTo = ['users']

/** Clusters and a job that everybody sees, with references to keys and a value of the run. */
const CONTENT: ConsumersContent = {
  clusters: [
    '{{secrets/storage/old}}',
    '{{secrets/storage/blog}}',
    '{{secrets/storage/blob}}',
    'fake-value',
  ].map((text, index) => ({ cluster_id: `c-${index}`, spark_conf: { 'spark.password': text }, visibleTo })),
  jobs: [
    {
      job_id: 1,
      settings: { parameters: [{ name: 'p', default: '{{secrets/storage/blob}}' }] },
      visibleTo,
    },
  ],
}

/** Searches for consumers in a workspace with this content, whose scope has the keys `blob` and `old`. */
function searching(
  content: ConsumersContent,
  change: (workspace: EmulatedWorkspace) => void = () => undefined,
): Scenario {
  const prepare = (workspace: EmulatedWorkspace): void => {
    const acls = { 'ada@example.com': 'MANAGE' } as const
    workspace.store.createScope('storage', { secrets: { blob: 'x', old: 'x' }, acls })
    change(workspace)
  }
  return async () => await against({ consumers: { content } }, prepare, { consumers: 'true', prune: 'true' })
}

/** What a search for consumers reports. */
export const OF_CONSUMERS: Scenarios = {
  ...inOneRun(
    searching(CONTENT),
    'prune kept …, because a reference was found',
    'Partial search: this identity is no workspace admin',
    'The code of this repository was not searched for references to keys, because the job has no checkout.',
    'References to keys that do not exist',
    'Databricks does not resolve references to secrets in parameters of jobs and tasks',
    'With if-exists: update, every key is written, so it is unknown which values changed',
    'A value of this run is in a configuration as plain text',
  ),
  'Nothing was deleted, because the search for consumers failed': searching({}, (workspace) => {
    workspace.intercept(({ path }) =>
      path.endsWith('/jobs/list') ? apiError(503, 'TEMPORARILY_UNAVAILABLE', 'Later.') : undefined,
    )
  }),
}
