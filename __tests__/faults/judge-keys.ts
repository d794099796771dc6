import type { Evidence } from './evidence.js'
import { NOT_SENT, OPEN, triesIn, UNPROVED } from './reasons.js'
import type { Said, Statement } from './said.js'

/** Holds what a run says of each key against the scope, before and after it. */
export function judgeKeys(evidence: Evidence, said: Said): string[] {
  const { wanted, before, after } = evidence
  const toDelete = wanted.prune ? [...before.secrets.keys()].filter((key) => !(key in wanted.map)) : []
  const names = [...Object.keys(wanted.map), ...toDelete]
  const untold = names.filter((name) => said.summaryKeys.filter((each) => each.name === name).length !== 1)
  const odd = said.summaryKeys.filter(({ name }) => !names.includes(name))
  const others = [...new Set([...before.secrets.keys(), ...after.secrets.keys()])].filter(
    (key) => !names.includes(key) && before.secrets.get(key)?.value !== after.secrets.get(key)?.value,
  )
  return [
    ...untold.map((name) => `it does not tell once what became of ${name}`),
    ...odd.map(({ name }) => `it tells of ${name}, which is none of its business`),
    ...others.map((name) => `it has touched ${name}, which is none of its business`),
    ...said.summaryKeys.flatMap((statement) =>
      judgeKey(evidence, statement).map(
        (wrong) => `${statement.name} is said to be ${statement.outcome}, and ${wrong}`,
      ),
    ),
  ]
}

function judgeKey(evidence: Evidence, statement: Statement): string[] {
  const { wanted, before, after, vanished } = evidence
  const { name, outcome } = statement
  const [old, now, ofMap] = [before.secrets.get(name), after.secrets.get(name), wanted.map[name]]
  const isRight = now !== undefined && now.value === ofMap
  switch (outcome) {
    case 'created':
    case 'updated':
      return [
        ...(isRight ? [] : ['it is not what the map says']),
        ...(now?.isPut === true ? [] : ['it was not put']),
        ...((old === undefined) === (outcome === 'created') ? [] : ['it was the other']),
      ]
    case 'unchanged':
      return [
        ...(isRight ? [] : ['it is not what the map says']),
        ...(now?.isPut === true ? ['it was put'] : []),
      ]
    case 'kept':
      return now !== undefined && !now.isPut ? [] : ['it is gone, or another one']
    case 'deleted':
      return [
        // With its scope, every key is gone, whoever deleted it.
        ...(now === undefined || vanished ? [] : ['it is there']),
        ...(ofMap === undefined ? [] : ['it is in the map']),
      ]
    case 'failed':
      return judgeFailed(evidence, statement)
    default:
      return ['nobody knows what that means']
  }
}

/** A failure has to say whether it was written, was not, or may have been. */
function judgeFailed(
  { requests, before, after, wanted }: Evidence,
  { name, reason, word }: Statement,
): string[] {
  const [old, now] = [before.secrets.get(name), after.secrets.get(name)]
  const writes = requests.filter(
    ({ call, about }) => about === name && (call === 'secrets/put' || call === 'secrets/delete'),
  )
  // A token that is refused makes two requests of a try. Of what was not verified, the tries are those of the read.
  const most = UNPROVED.test(reason) ? Infinity : 2 * triesIn(reason)
  const isUntouched = old === undefined ? now === undefined : now?.isPut === false
  const wrong = [
    ...(reason === '' ? ['it does not say why'] : []),
    ...((word === 'not verified') === UNPROVED.test(reason) ? [] : ['its word is not that of its reason']),
    ...(word === 'not deleted' && (writes.length > 0 || name in wanted.map || now === undefined)
      ? ['it was sent, or is to be put, or is gone']
      : []),
    ...(writes.length > most ? [`it was sent ${writes.length} times, and the report says less`] : []),
    ...(NOT_SENT.test(reason) && writes.length > 0
      ? ['it was sent, and the report says that it was not']
      : []),
    ...(NOT_SENT.test(reason) && OPEN.test(reason)
      ? ['it says both that it was not sent and that it may be there']
      : []),
  ]
  if (UNPROVED.test(reason)) {
    const isRight = now?.value === wanted.map[name] && now?.isPut === true
    return [...wrong, ...(isRight ? [] : ['it is said to have been put all the same, and was not'])]
  }
  if (OPEN.test(reason)) {
    const isEither = isUntouched || now?.value === wanted.map[name]
    return [...wrong, ...(isEither ? [] : ['it is neither the old one nor the new one'])]
  }
  return [...wrong, ...(isUntouched ? [] : ['it was written, and the report does not say so'])]
}
