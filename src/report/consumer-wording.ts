import type { Consumer, ConsumerKind } from '../consumers/consumer.js'
import { formatNumber } from '../format-number.js'
import { collapseWhitespace, type Redactor } from '../secrets/masks/redactor.js'

const NOUNS: Readonly<Record<ConsumerKind, readonly [one: string, several: string]>> = {
  cluster: ['cluster', 'clusters'],
  job: ['job', 'jobs'],
  'cluster-policy': ['cluster policy', 'cluster policies'],
  pipeline: ['pipeline', 'pipelines'],
  'serving-endpoint': ['serving endpoint', 'serving endpoints'],
  app: ['app', 'apps'],
  'sql-warehouses': ['configuration of SQL warehouses', 'configurations of SQL warehouses'],
  repository: ['file', 'files'],
}

/** The noun for one of a kind. */
export function consumerNoun(kind: ConsumerKind): string {
  return NOUNS[kind][0]
}

/** The noun for all of a kind. */
export function consumersNoun(kind: ConsumerKind): string {
  return NOUNS[kind][1]
}

/** A number with its noun: `1 cluster policy`, `2 jobs`. */
export function countConsumers(number: number, kind: ConsumerKind): string {
  return `${formatNumber(number)} ${NOUNS[kind][number === 1 ? 0 : 1]}`
}

/**
 * An id that is safe to show: on one line, without whole values of this run, and not readable as a command of the runner. An
 * API never returns an id as the echo of a request, so parts of values do not matter.
 */
export function consumerId({ id }: Pick<Consumer, 'id'>, redactor: Redactor): string {
  return redactor.redactWholes(collapseWhitespace(id)).replaceAll('##[', '## [')
}

/** What a sentence names a consumer: `job 11`, `file jobs/load.py, line 3`. */
export function consumerLabel(
  { consumer, line }: { readonly consumer: Consumer; readonly line?: number },
  redactor: Redactor,
): string {
  const { kind } = consumer
  if (kind === 'sql-warehouses') return 'the configuration of SQL warehouses'
  const place = line === undefined ? '' : `, line ${line}`
  return `${consumerNoun(kind)} ${consumerId(consumer, redactor)}${place}`
}

/** What makes a consumer take a new value, in a few words. */
export function describeAction({ kind, state, action }: Consumer): string {
  switch (action) {
    case 'restart':
      return kind === 'sql-warehouses' ? 'restart of the warehouses' : 'restart'
    case 'next-run':
      return 'next run'
    case 'update':
      return 'update of the endpoint'
    case 'redeploy':
      return 'new deployment'
    case 'none':
      if (kind === 'cluster-policy') return 'next start of a cluster'
      return kind === 'repository' || state !== 'stopped' ? 'next run of the code' : 'next start'
  }
}
