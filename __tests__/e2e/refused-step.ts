import { expect } from '@jest/globals'

import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import type { StepResult } from '../runner/step.js'
import { NO_OUTPUTS } from './sync-step.js'

/** Expects that the step fails before the first request to this workspace, with error lines that begin like this. */
export function expectRefused(
  workspace: Pick<EmulatedWorkspace, 'requests'>,
  { exitCode, log, outputs, summary, stderr }: StepResult,
  ...beginnings: string[]
): void {
  expect(exitCode).toBe(1)
  expect(stderr).toBe('')
  expect(workspace.requests.all).toEqual([])
  const errors = log.split('\n').filter((line) => line.startsWith('Error: '))
  expect(errors.map((line, index) => line.slice(7, 7 + (beginnings[index]?.length ?? 0)))).toEqual(beginnings)
  expect(log).toContain('Stopped before the first request')
  expect(outputs).toEqual(NO_OUTPUTS)
  expect(summary.match(/^- /gm)).toHaveLength(beginnings.length)
}
