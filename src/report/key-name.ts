import type { TargetResult } from '../sync/result.js'

/** The name of a target in the report and the outputs, as the workflow writes it. */
export function targetName({ target }: Pick<TargetResult, 'target'>): string {
  return target.store.name
}

/**
 * The name of a key in the outputs, and in messages about several targets: `target/key` if the run has a config file, so
 * that a script can rely on it, even with one target.
 */
export function keyName(result: Pick<TargetResult, 'target'>, key: string, qualifiesKeys: boolean): string {
  return qualifiesKeys ? `${targetName(result)}/${key}` : key
}
