import { invalidParameter } from '../errors.js'
import { pageOf } from '../pages.js'
import { consumersPage, oneOf, visibleTo, type ConsumersCall } from './consumers-call.js'

/** The lists in a job's settings that `jobs/get` divides into pages. */
const DIVIDED = ['tasks', 'job_clusters', 'environments', 'parameters'] as const

/** Those that a list of jobs has only with `expand_tasks`, and of which it has only the first elements. */
const EXPANDED = ['tasks', 'job_clusters'] as const

type Settings = Readonly<Record<string, unknown>>

/** The parameters of the list and of the get. */
export const JOBS_PARAMETERS = ['limit', 'page_token', 'expand_tasks']
export const JOB_PARAMETERS = ['job_id', 'page_token']

/**
 * `jobs/list`: with `expand_tasks`, the first tasks and job clusters of each job, and `has_more` where there are more.
 *
 * @throws ApiError INVALID_PARAMETER_VALUE for a page or a value that it does not have
 */
export function listJobs(call: ConsumersCall): object {
  const expand = call.query.get('expand_tasks') ?? 'false'
  if (expand !== 'true' && expand !== 'false') throw invalidParameter('expand_tasks is true or false.')
  const { elements, next } = consumersPage(call, 'jobs', visibleTo(call, 'jobs'), {
    parameter: 'limit',
    most: 100,
    usual: 20,
  })
  const most = expand === 'true' ? maxElements(call) : 0
  const jobs = elements.map(({ fields }) => {
    const settings = settingsOf(fields)
    const isMore = expand === 'true' && EXPANDED.some((field) => listIn(settings, field).length > most)
    return {
      ...fields,
      settings: withElements(settings, EXPANDED, 0, most),
      ...(isMore ? { has_more: true } : {}),
    }
  })
  return {
    ...(jobs.length === 0 ? {} : { jobs }),
    has_more: next !== undefined,
    ...(next === undefined ? {} : { next_page_token: next }),
  }
}

/**
 * `jobs/get`: the job, and the first elements of each long list in it. Later pages have the elements that follow; a list
 * without more of them is absent there.
 *
 * @throws ApiError INVALID_PARAMETER_VALUE if there is no such job, which is how Databricks says so, or no such page
 */
export function getJob(call: ConsumersCall): object {
  const id = call.query.get('job_id') ?? ''
  if (!/^\d{1,19}$/.test(id)) throw invalidParameter('job_id is a whole number.')
  const { fields } = oneOf(call, 'jobs', id, invalidParameter(`Job ${id} does not exist.`))
  const settings = settingsOf(fields)
  const most = maxElements(call)
  const longest = Math.max(...DIVIDED.map((field) => listIn(settings, field).length))
  const { elements, next } = pageOf(
    `job ${id}`,
    Array.from({ length: longest }, (_, n) => [n + 1, n] as const),
    { size: undefined, token: call.query.get('page_token') ?? undefined },
    { size: most },
  )
  return {
    ...fields,
    settings: withElements(settings, DIVIDED, elements[0] ?? 0, most),
    ...(next === undefined ? {} : { next_page_token: next }),
  }
}

function maxElements({ consumers: { rules } }: ConsumersCall): number {
  return rules.maxElements ?? 100
}

function settingsOf(fields: Settings): Settings {
  return (fields['settings'] ?? {}) as Settings
}

function listIn(settings: Settings, field: string): readonly unknown[] {
  return (settings[field] ?? []) as readonly unknown[]
}

/** The settings with `most` elements of these lists from `start` on; a list without any is absent. */
function withElements(settings: Settings, divided: readonly string[], start: number, most: number): object {
  const entries = Object.entries(settings).map(([field, value]) =>
    divided.includes(field) ? [field, listIn(settings, field).slice(start, start + most)] : [field, value],
  )
  return Object.fromEntries(
    entries.filter(([, value]) => !Array.isArray(value) || value.length > 0),
  ) as object
}
