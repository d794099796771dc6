import type { ConsumersContent } from '../../emulator/consumers/content.js'
import type { ConsumersOptions } from '../../emulator/consumers/consumers.js'
import type { ListedKind, SingleKind, WireConsumer } from '../operations.js'
import { REFUSALS } from '../refusals.js'
import type { World } from '../world.js'
import type { Case } from './case.js'

const REFERENCE = '{{secrets/storage/key}}'

/** A reference in each place that a cluster has for one. */
const COMPUTE = {
  spark_conf: {
    'spark.key': REFERENCE,
    'spark.url': `https://${REFERENCE}@example.com/{{secrets/Storage/other}}`,
  },
  spark_env_vars: { KEY: REFERENCE },
  docker_image: { url: 'registry.example.com/image', basic_auth: { username: 'fake', password: REFERENCE } },
}

const CONTENT = {
  clusters: [
    { cluster_id: '0101-000000-aaaaaaaa', cluster_source: 'UI', ...COMPUTE, visibleTo: ['ada@example.com'] },
    { cluster_id: '0101-000000-bbbbbbbb', cluster_source: 'API', state: 'TERMINATED', ...COMPUTE },
    { cluster_id: '0101-000000-cccccccc', cluster_source: 'JOB', state: 'TERMINATED' },
  ],
  jobs: [
    {
      // More digits than 32 bits have.
      job_id: 759_600_623_491_285,
      settings: {
        name: 'nightly',
        job_clusters: [{ job_cluster_key: 'shared', new_cluster: COMPUTE }],
        tasks: [
          { task_key: 'load', new_cluster: COMPUTE },
          {
            task_key: 'loop',
            for_each_task: { inputs: '["a"]', task: { task_key: 'inner', new_cluster: COMPUTE } },
          },
        ],
        parameters: [{ name: 'key', default: REFERENCE }],
      },
    },
    { job_id: 2, settings: { name: 'small', tasks: [{ task_key: 'only' }] }, visibleTo: ['data-team'] },
  ],
  clusterPolicies: [
    {
      policy_id: '000000000000000A',
      name: 'with a key',
      definition: JSON.stringify({ 'spark_conf.spark.key': { type: 'fixed', value: REFERENCE } }),
      policy_family_definition_overrides: JSON.stringify({ 'spark_env_vars.KEY': { value: REFERENCE } }),
    },
    { policy_id: '000000000000000B', name: 'empty', definition: '{}', visibleTo: ['users'] },
  ],
  pipelines: [
    {
      pipeline_id: '00000000-0000-4000-8000-00000000000a',
      name: 'stream',
      state: 'RUNNING',
      spec: {
        name: 'stream',
        continuous: true,
        configuration: { 'pipeline.key': REFERENCE },
        clusters: [
          { label: 'default', spark_conf: COMPUTE.spark_conf, spark_env_vars: COMPUTE.spark_env_vars },
        ],
      },
    },
    { pipeline_id: '00000000-0000-4000-8000-00000000000b', name: 'batch', visibleTo: ['ada@example.com'] },
  ],
  servingEndpoints: [
    {
      name: 'chat',
      config: {
        served_entities: [
          { name: 'own', entity_name: 'main.models.own', environment_vars: { KEY: REFERENCE } },
          {
            name: 'external',
            external_model: {
              name: 'gpt',
              provider: 'openai',
              task: 'llm/v1/chat',
              openai_config: { openai_api_key: REFERENCE },
            },
          },
        ],
      },
      pending_config: { served_entities: [{ name: 'next', environment_vars: { KEY: REFERENCE } }] },
    },
    { name: 'embed', visibleTo: ['ada@example.com'] },
  ],
  apps: [
    {
      name: 'dashboard',
      resources: [{ name: 'key', secret: { scope: 'storage', key: 'key', permission: 'READ' } }],
    },
    { name: 'form', visibleTo: ['ada@example.com'] },
  ],
  sqlWarehouses: { data_access_config: [{ key: 'spark.hadoop.key', value: REFERENCE }] },
} satisfies ConsumersContent

/** The field that identifies a resource of each kind, and the fields of which the list has all. */
const COMPARED: Readonly<Record<ListedKind, readonly [id: string, ...fields: string[]]>> = {
  clusters: ['cluster_id', 'cluster_source', 'state', 'spark_conf', 'spark_env_vars', 'docker_image'],
  jobs: ['job_id', 'settings'],
  clusterPolicies: ['policy_id', 'name', 'definition', 'policy_family_definition_overrides'],
  pipelines: ['pipeline_id', 'name', 'state'],
  servingEndpoints: ['name'],
  apps: ['name', 'resources'],
}

const KINDS = Object.keys(COMPARED) as ListedKind[]

/** Consumers do not depend on the plan, and only the emulator can be given some. */
const EMULATED = { plans: ['premium'], needs: ['emulator'] } as const

/** In pages of one element, so that a client has to read each page. */
const ONE_BY_ONE = {
  ...EMULATED,
  workspace: { consumers: { content: CONTENT, pages: { size: 1 } } satisfies ConsumersOptions },
}

/** A workspace admin of the emulator. */
const admin = (world: World) => ({ ...world.target, token: 'fake-token-of-root' })

/** These fields of each; one that is absent is left out. */
function only(fields: readonly string[], consumers: readonly WireConsumer[]): WireConsumer[] {
  return consumers.map((consumer) =>
    Object.fromEntries(fields.filter((field) => field in consumer).map((field) => [field, consumer[field]])),
  )
}

/** The ids of a kind that somebody sees. */
async function idsOf(world: World, kind: ListedKind, target = world.target): Promise<unknown[]> {
  const listed = await world.done({ do: 'listConsumers', kind }, target)
  return listed.map((consumer) => consumer[COMPARED[kind][0]])
}

/** A case that reads a whole list over pages, with what stands in each element. */
function everyPage(kind: ListedKind, title: string): Case {
  return {
    ...ONE_BY_ONE,
    title: `consumers: ${title}`,
    async play(world) {
      const listed = await world.done({ do: 'listConsumers', kind, pageSize: 100 }, admin(world))
      const expected = CONTENT[kind] as readonly WireConsumer[]
      // The emulator adds a state where there is none.
      const fields = COMPARED[kind].filter((field) => field !== 'state')
      world.agree('the list', only(fields, listed), only(fields, expected))
    },
  }
}

/** A case that reads a single resource, with what its list leaves out. */
function single(kind: SingleKind, title: string, fields: readonly string[]): Case {
  return {
    ...ONE_BY_ONE,
    title: `consumers: ${title}`,
    async play(world) {
      const expected = CONTENT[kind][0] as WireConsumer
      const id = String(expected[COMPARED[kind][0]])
      const found = await world.done({ do: 'getConsumer', kind, id }, admin(world))
      world.agree('what was read', only(fields, [found]), only(fields, [expected]))
    },
  }
}

/** A job with so many tasks and job clusters that no answer has all of them. */
const LARGE_JOB = {
  job_id: 7,
  settings: {
    name: 'large',
    tasks: Array.from({ length: 250 }, (_, n) => ({
      task_key: `task-${n}`,
      job_cluster_key: `cluster-${n % 101}`,
    })),
    job_clusters: Array.from({ length: 101 }, (_, n) => ({
      job_cluster_key: `cluster-${n}`,
      new_cluster: { spark_conf: { key: REFERENCE } },
    })),
  },
}

/** Reads of what may refer to a secret. */
export const CONSUMER_CASES: readonly Case[] = [
  everyPage('clusters', 'list clusters over pages, with their configurations'),
  {
    ...ONE_BY_ONE,
    title: 'consumers: list clusters by their sources',
    async play(world) {
      const operation = { do: 'listConsumers', kind: 'clusters', sources: ['API', 'JOB'] } as const
      const listed = await world.done(operation, admin(world))
      const [, ...expected] = CONTENT.clusters
      world.agree('the clusters', only(['cluster_id'], listed), only(['cluster_id'], expected))
    },
  },
  everyPage('jobs', 'list jobs over pages, with their tasks'),
  single('jobs', 'read a job', ['job_id', 'settings']),
  {
    ...EMULATED,
    title: 'consumers: list and read a job with more tasks than an answer has',
    workspace: { consumers: { content: { jobs: [LARGE_JOB, { job_id: 8 }] } } },
    async play(world) {
      const listed = await world.done({ do: 'listConsumers', kind: 'jobs' }, admin(world))
      const read = await world.done({ do: 'getConsumer', kind: 'jobs', id: '7' }, admin(world))
      const { settings } = LARGE_JOB
      for (const job of [listed[0], read]) {
        const found = (job?.['settings'] ?? {}) as typeof settings
        world.agree('the tasks', found.tasks, settings.tasks)
        world.agree('the job clusters', found.job_clusters, settings.job_clusters)
      }
    },
  },
  {
    ...EMULATED,
    title: 'consumers: list jobs whose page has more than 4 MiB',
    workspace: {
      consumers: {
        content: {
          jobs: Array.from({ length: 101 }, () => ({ settings: { description: 'x'.repeat(50_000) } })),
        },
      },
    },
    async play(world) {
      const operation = { do: 'listConsumers', kind: 'jobs', pageSize: 100 } as const
      const listed = await world.done(operation, admin(world))
      world.agree('the number of jobs', listed.length, 101)
      const sizes = world.emulator.requests
        .to('jobs/list')
        .map(({ reply }) => Buffer.byteLength(reply?.body ?? '') > 4 * 1_024 * 1_024)
      world.agree('which pages have more', sizes, [true, false])
    },
  },
  everyPage('clusterPolicies', 'list cluster policies, with their definitions'),
  everyPage('pipelines', 'list pipelines over pages'),
  single('pipelines', 'read a pipeline, with its specification', ['pipeline_id', 'spec']),
  everyPage('servingEndpoints', 'list serving endpoints'),
  single('servingEndpoints', 'read a serving endpoint, with its environment variables', [
    ...['name', 'config', 'pending_config'],
  ]),
  everyPage('apps', 'list apps over pages, with their resources'),
  {
    ...ONE_BY_ONE,
    title: 'consumers: read the configuration of SQL warehouses',
    async play(world) {
      const { data_access_config: found } = await world.done({ do: 'getWarehousesConfig' }, admin(world))
      world.agree('the configuration', found, CONTENT.sqlWarehouses.data_access_config)
    },
  },
  {
    ...ONE_BY_ONE,
    title: 'consumers: SQL warehouses refused for a caller without admin rights',
    async play(world) {
      await world.refused({ do: 'getWarehousesConfig' }, REFUSALS.permissionDenied)
    },
  },
  {
    ...ONE_BY_ONE,
    title: 'consumers: lists of a caller without admin rights have what it may see',
    async play(world) {
      for (const kind of KINDS) {
        const all = CONTENT[kind] as readonly (WireConsumer & { visibleTo?: readonly string[] })[]
        const seen = all.filter(({ visibleTo }) => visibleTo !== undefined)
        world.agree(
          `what an admin sees of ${kind}`,
          (await idsOf(world, kind, admin(world))).length,
          all.length,
        )
        const ids = seen.map((consumer) => consumer[COMPARED[kind][0]])
        world.agree(`what ada sees of ${kind}`, await idsOf(world, kind), ids)
      }
    },
  },
  {
    ...EMULATED,
    title: 'consumers: lists of a workspace without any',
    async play(world) {
      for (const kind of KINDS) world.agree(`the ${kind}`, await idsOf(world, kind, admin(world)), [])
    },
  },
  {
    ...EMULATED,
    title: 'consumers: reads of what does not exist are refused',
    async play(world) {
      const get = (kind: SingleKind, id: string) => ({ do: 'getConsumer', kind, id }) as const
      await world.refused(get('jobs', '5'), REFUSALS.jobMissing('5'), admin(world))
      await world.refused(get('pipelines', 'none'), REFUSALS.doesNotExist, admin(world))
      await world.refused(get('servingEndpoints', 'none'), REFUSALS.doesNotExist, admin(world))
    },
  },
  {
    ...EMULATED,
    title: 'consumers: pages of more than 100 are refused',
    async play(world) {
      for (const kind of ['clusters', 'jobs', 'pipelines'] as const) {
        await world.refused({ do: 'listConsumers', kind, pageSize: 101 }, REFUSALS.invalidParameter)
      }
    },
  },
  {
    ...EMULATED,
    title: 'consumers: kinds that a workspace does not have are refused',
    workspace: { consumers: { unavailable: { servingEndpoints: 'disabled', apps: 'disabled' } } },
    async play(world) {
      for (const kind of ['servingEndpoints', 'apps'] as const) {
        await world.refused({ do: 'listConsumers', kind }, REFUSALS.featureDisabled)
      }
    },
  },
  {
    ...EMULATED,
    title: 'consumers: the groups of an admin and of others',
    async play(world) {
      const { groups } = await world.done({ do: 'whoAmI' }, admin(world))
      world.agree('whether an admin is in admins', groups.includes('admins'), true)
      const { groups: others } = await world.done({ do: 'whoAmI' })
      world.agree('whether others are', others.includes('admins'), false)
    },
  },
]
