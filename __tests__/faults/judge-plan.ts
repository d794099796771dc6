import type { Evidence } from './evidence.js'
import type { Said } from './said.js'

/** Holds the plan of a dry run against the scope, which has to stay as it is. */
export function judgePlan({ wanted, before, after, requests }: Evidence, said: Said): string[] {
  const writes = requests.filter(({ call }) => /(?:put|delete|create)$/.test(call))
  const isTouched = JSON.stringify([...before.secrets]) !== JSON.stringify([...after.secrets])
  const unread = new Set(requests.filter(({ befallen }) => befallen).map(({ about }) => about))
  const toDelete = [...before.secrets.keys()].filter((key) => wanted.prune && !(key in wanted.map))
  const outcomeOf = (key: string): string => {
    const present = before.secrets.get(key)
    if (present === undefined) return 'created'
    if (!(key in wanted.map)) return 'deleted'
    return present.value === wanted.map[key] ? 'unchanged' : 'updated'
  }
  const isRight = (key: string, planned: readonly string[]): boolean => {
    const outcome = outcomeOf(key)
    if (planned.length !== 1) return false
    // What could not be read counts as another value.
    return planned[0] === outcome || (outcome === 'unchanged' && planned[0] === 'updated' && unread.has(key))
  }
  const names = [...Object.keys(wanted.map), ...toDelete]
  const wrong = names.filter((name) => {
    const planned = said.summaryKeys.filter((each) => each.name === name).map(({ outcome }) => outcome)
    return said.stopped ? planned.length > 0 : !isRight(name, planned)
  })
  const changes = said.summaryKeys.some(({ outcome }) => ['created', 'updated', 'deleted'].includes(outcome))
  return [
    ...writes.map(({ call }) => `a dry run sent ${call}`),
    ...(isTouched ? ['the scope is another one after a dry run'] : []),
    ...wrong.map((name) => `the plan for ${name} is wrong`),
    ...(said.changed === String(changes) ? [] : ['changed is not what the plan says']),
  ]
}
