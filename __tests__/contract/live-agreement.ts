import { expect } from '@jest/globals'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { SCOPE, type Run } from './live-process.js'

/**
 * Expects that a run of all cases agrees with a workspace, and that it named no scope of others. A disagreement would report
 * a correct workspace as wrong.
 */
export function expectAgreement(workspace: EmulatedWorkspace, { code, stdout }: Run): void {
  expect(stdout).toContain('plain REST fetch')
  expect(stdout).toContain(`| put a string `)
  expect(stdout).toMatch(
    /^[2-9]\d cells agree \(.*\), 0 disagree; in 0 .*; \d+ were not run \(needs emulator/m,
  )
  expect(stdout).toContain('All that the run has created is gone.')
  expect(code).toBe(0)
  expect(scopesNamed(workspace)).toEqual(new Set([SCOPE, `${SCOPE} with blanks`, SCOPE.padEnd(129, 'x')]))
}

/** Returns the scopes in all calls except lists, in the spelling of the run. */
function scopesNamed({ requests }: EmulatedWorkspace): Set<string> {
  const names = requests.all.flatMap(({ query, body }) => [
    query.get('scope'),
    (body as { scope?: string } | undefined)?.scope,
  ])
  return new Set(names.flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : [])))
}
