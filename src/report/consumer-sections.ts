import { CONSUMER_KINDS } from '../consumers/consumer.js'
import { formatNumber } from '../format-number.js'
import { consumerNoun, countConsumers } from './consumer-wording.js'
import type { ConsumerReport, ConsumerRow } from './consumers.js'
import { alert, always, code, escapeMarkdown, table, type Lines } from './markdown.js'
import { count, listNames } from './wording.js'

/** From this number of consumers on, they are folded away. */
export const MAX_CONSUMERS_SHOWN = 20

/** The most keys of one consumer that are shown. The output has more. */
const MAX_KEYS = 10

const HEADING = '#### Consumers'

/** Says how many consumers the keys of this run have. Never that there are none: the search may not see all. */
export function consumersTitle(
  { rows, rowsHave, changesKeys, haveOldValues }: ConsumerReport,
  dryRun: boolean,
): string {
  if (!changesKeys)
    return 'This run writes and deletes no key, so only references to missing keys are reported as consumers.'
  if (rows.length === 0) {
    const changes = dryRun ? 'would write or delete' : 'writes or deletes'
    return `In what was searched, no reference to the keys that this run ${changes} was found.`
  }
  const keys = [
    ...(rowsHave.written ? [`the keys that this run ${dryRun ? 'would write' : 'writes'}`] : []),
    ...(rowsHave.kept ? [`the keys that prune ${dryRun ? 'would keep' : 'keeps'}`] : []),
  ].join(' or ')
  const old =
    haveOldValues === true ? ' A running one uses the old value until it takes the new one, as listed.' : ''
  return `${count(rows.length, 'consumer')} of ${keys}.${old}`
}

/** The consumers in lines of the log, by kind, running ones first. */
export function consumerLines({ rows }: ConsumerReport): string[] {
  return rows.map((row) => {
    const name = row.name === undefined ? '' : ` "${row.name}"`
    return `  ${consumerNoun(row.kind)} ${row.id}${name}${describeState(row)}: ${listNames(row.keys.map(describeKey), MAX_KEYS)}${describeNewValue(row)}`
  })
}

function describeKey({ key, details }: ConsumerRow['keys'][number]): string {
  return details === '' ? key : `${key} (${details})`
}

function renderKeys({ keys }: ConsumerRow): string {
  const shown = keys
    .slice(0, MAX_KEYS)
    .map(({ key, details }) => code(key) + (details === '' ? '' : ` ${escapeMarkdown(`(${details})`)}`))
  return [
    ...shown,
    ...(keys.length > MAX_KEYS ? [`and ${formatNumber(keys.length - MAX_KEYS)} more`] : []),
  ].join('<br>')
}

function describeState({ kind, state }: ConsumerRow): string {
  return kind === 'repository' || state === 'unknown' ? '' : ` (${state})`
}

function describeNewValue({ newValue }: ConsumerRow): string {
  return newValue === undefined ? '' : `. Takes the new value: ${newValue}`
}

/** Renders the consumers for the job summary, as a table. A table of many rows is folded away. */
export function renderConsumers(report: ConsumerReport, dryRun: boolean): (string | Lines)[] {
  const { rows, notes, coverage } = report
  const title = consumersTitle(report, dryRun)
  const list = table(
    ['Kind', 'Consumer', 'State', 'Keys', 'Takes the new value'],
    rows.map((row) => [
      consumerNoun(row.kind),
      `${row.url === undefined ? code(row.id) : `[${code(row.id)}](${row.url})`}${row.name === undefined ? '' : ` ${code(row.name)}`}`,
      row.kind === 'repository' ? '–' : row.state,
      renderKeys(row),
      row.newValue ?? '–',
    ]),
  )
  const isFolded = rows.length >= MAX_CONSUMERS_SHOWN
  return [
    always(HEADING),
    escapeMarkdown(coverage.join(' ')),
    ...notes.map(({ level, text }) => alert(level === 'warning' ? 'WARNING' : 'NOTE', text)),
    ...(isFolded ? [{ ...list, folded: title }] : [escapeMarkdown(title)]),
    ...(isFolded || rows.length === 0 ? [] : [list]),
  ]
}

/** Renders the consumers for a comment: only counts by kind, and where to find them. */
export function renderConsumerCounts(
  report: ConsumerReport,
  dryRun: boolean,
  env: NodeJS.ProcessEnv,
): (string | Lines)[] {
  const { rows, missing, coverage } = report
  const counts = CONSUMER_KINDS.flatMap((kind) => {
    const number = rows.filter((row) => row.kind === kind).length
    return number === 0 ? [] : [countConsumers(number, kind)]
  })
  const absent =
    missing === 0
      ? ''
      : ` ${count(missing, 'reference')} to ${missing === 1 ? 'a missing key' : 'missing keys'}.`
  const url = runUrl(env)
  return [
    always(HEADING),
    escapeMarkdown(coverage.join(' ')),
    [
      escapeMarkdown(consumersTitle(report, dryRun)),
      ...(counts.length === 0 ? [] : [` By kind: ${counts.join(', ')}.`]),
      absent,
      url === undefined ? ' Details: see the run.' : ` Details: [see the run](${url}).`,
    ].join(''),
  ]
}

/** The page of this run; undefined where the runner does not name it. */
export function runUrl(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server = '', GITHUB_REPOSITORY: repository = '', GITHUB_RUN_ID: run = '' } = env
  const isKnown =
    /^https?:\/\/[\w.:-]+$/.test(server) && /^[\w.-]+\/[\w.-]+$/.test(repository) && /^\d+$/.test(run)
  return isKnown ? `${server}/${repository}/actions/runs/${run}` : undefined
}
