import type { Evidence } from './evidence.js'
import type { Said } from './said.js'

/** The calls without which there is no plan. */
const REQUIRED = /^(?:\/oidc\/.*|secrets\/(?:scopes\/list|list|acls\/list))$/

/** Finds what failed although no fault befell it, in a run in which a fault costs no more than what it befalls. */
export function judgeHealthy({ requests, wanted, costsItself }: Evidence, said: Said): string[] {
  if (!costsItself) return []
  const befallen = requests.filter((request) => request.befallen)
  if (said.stopped) {
    const mayStop = befallen.some(({ call }) => REQUIRED.test(call))
    return mayStop ? [] : ['it stopped, though all that a fault befell can be done without']
  }
  const names = new Set(befallen.map(({ about }) => about))
  const failed = said.summaryKeys.filter(({ outcome }) => outcome === 'failed')
  const isIncomplete = failed.some(({ name }) => name in wanted.map)
  const keys = failed.filter(
    ({ name, word }) => !names.has(name) && !(word === 'not deleted' && isIncomplete),
  )
  const areRead = befallen.every(({ call }) => call !== 'secrets/acls/list')
  const principals = said.logPermissions.filter(
    ({ name, outcome }) => outcome === 'failed' && !names.has(name) && areRead,
  )
  return [...keys, ...principals].map(({ name }) => `${name} failed, though no fault befell it`)
}
