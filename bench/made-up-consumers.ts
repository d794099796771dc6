import type { ComputeContent, ConsumersContent } from '../emulator/consumers/content.js'
import type { ConsumerCounts } from './workspace-process.js'

/** How many settings the compute of a resource has. In every fifth resource, one of them is a reference. */
const SETTINGS = 30

/** So many resources that everybody sees, and that refer to keys of the scope `storage`. */
export function madeUpConsumers(counts: ConsumerCounts): ConsumersContent {
  const visibleTo = ['users']
  const many = <T>(kind: keyof ConsumerCounts, make: (n: number) => T): T[] =>
    Array.from({ length: counts[kind] }, (_, n) => make(n))
  return {
    clusters: many('clusters', (n) => ({ visibleTo, ...compute(n) })),
    jobs: many('jobs', (n) => ({
      visibleTo,
      settings: { name: `job ${n}`, job_clusters: [{ job_cluster_key: 'main', new_cluster: compute(n) }] },
    })),
    pipelines: many('pipelines', (n) => ({
      visibleTo,
      spec: { clusters: [{ label: 'default', ...compute(n) }] },
    })),
    servingEndpoints: many('servingEndpoints', () => ({ visibleTo })),
  }
}

function compute(n: number): ComputeContent {
  const settings = Array.from({ length: SETTINGS }, (_, index) => [
    `spark.setting.${index}`,
    index === 0 && n % 5 === 0 ? reference(n) : `made-up-value-${n}-${index}`,
  ])
  return { spark_conf: Object.fromEntries(settings) as Record<string, string> }
}

function reference(n: number): string {
  return `{{secrets/storage/service-${String(n % 100).padStart(4, '0')}-key}}`
}
