import type { ConsumersCallName } from '../../emulator/consumers/consumers-api.js'
import type { ConsumersContent } from '../../emulator/consumers/content.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { authorization, send, type Answer } from './wire.js'

/** Reads a path with a query, such as `2.1/clusters/list?page_size=2`. */
export type Reader = (path: string) => Promise<Answer>

/** Somebody's reads: one of the default identities, of which `root` is a workspace admin. */
export function reading(workspace: Pick<EmulatedWorkspace, 'url'>, who = 'root'): Reader {
  return (path) => send(workspace, `/api/${path}`, { headers: authorization(who) })
}

const TEXT = '{{secrets/storage/key}}'
const COMPUTE = {
  spark_conf: { 'spark.key': TEXT },
  spark_env_vars: { KEY: `prefix ${TEXT}` },
  docker_image: { url: 'registry.example.com/image', basic_auth: { username: 'fake', password: TEXT } },
}

/** One resource of each kind, with a reference in each place, that `ada` sees. */
export const ONE_OF_EACH = {
  clusters: [{ cluster_id: 'c-1', ...COMPUTE, visibleTo: ['ada@example.com'] }],
  jobs: [
    {
      job_id: 11,
      settings: {
        name: 'nightly',
        job_clusters: [{ job_cluster_key: 'shared', new_cluster: COMPUTE }],
        tasks: [
          { task_key: 'load', new_cluster: COMPUTE },
          {
            task_key: 'loop',
            for_each_task: { inputs: '[]', task: { task_key: 'in', new_cluster: COMPUTE } },
          },
        ],
        parameters: [{ name: 'p', default: TEXT }],
      },
      visibleTo: ['ada@example.com'],
    },
  ],
  clusterPolicies: [
    {
      policy_id: 'p-1',
      definition: JSON.stringify({ 'spark_conf.key': { type: 'fixed', value: TEXT } }),
      policy_family_definition_overrides: '{}',
      visibleTo: ['data-team'],
    },
  ],
  pipelines: [
    {
      pipeline_id: 'pl-1',
      spec: {
        continuous: true,
        configuration: { key: TEXT },
        clusters: [{ label: 'default', spark_conf: { key: TEXT } }],
      },
      visibleTo: ['ada@example.com'],
    },
  ],
  servingEndpoints: [
    {
      name: 'chat',
      config: {
        served_entities: [
          { name: 'own', entity_name: 'main.models.own', environment_vars: { KEY: TEXT } },
          { name: 'external', external_model: { openai_config: { openai_api_key: TEXT } } },
        ],
      },
      pending_config: { served_entities: [{ name: 'next', environment_vars: { KEY: TEXT } }] },
      visibleTo: ['users'],
    },
  ],
  apps: [
    {
      name: 'dashboard',
      resources: [{ name: 'key', secret: { scope: 'storage', key: 'key', permission: 'READ' } }],
      visibleTo: ['ada@example.com'],
    },
  ],
  sqlWarehouses: { data_access_config: [{ key: 'spark.key', value: TEXT }] },
} as const satisfies ConsumersContent

/** A request to each call, of which each is answered for an admin in a workspace with `ONE_OF_EACH`. */
export const REQUESTS: Record<ConsumersCallName, string> = {
  'clusters/list': '2.1/clusters/list',
  'jobs/list': '2.2/jobs/list?expand_tasks=true',
  'jobs/get': '2.2/jobs/get?job_id=11',
  'policies/clusters/list': '2.0/policies/clusters/list',
  pipelines: '2.0/pipelines',
  'pipelines/*': '2.0/pipelines/pl-1',
  'serving-endpoints': '2.0/serving-endpoints',
  'serving-endpoints/*': '2.0/serving-endpoints/chat',
  apps: '2.0/apps',
  'sql/config/warehouses': '2.0/sql/config/warehouses',
}
