import { expect } from '@jest/globals'

import type { EmulatedWorkspace, Interceptor } from '../../emulator/workspace.js'
import type { StepResult } from '../runner/step.js'

/** Replaces the response to every request, or to the requests of one call. */
export function answerIn(workspace: EmulatedWorkspace, with_: Interceptor, call = ''): void {
  workspace.intercept((request, perform) => {
    return request.path.endsWith(call) ? with_(request, perform) : undefined
  })
}

/** Expects that the step fails, with one annotation that says what to change. */
export function expectFailure({ exitCode, annotations, log, stderr }: StepResult, ...words: string[]): void {
  expect(exitCode).toBe(1)
  expect(stderr).toBe('')
  const errors = annotations.filter(({ level }) => level === 'error')
  expect(errors).toHaveLength(1)
  for (const each of words) expect(errors[0]?.message).toContain(each)
  expect(log).not.toContain('An unexpected error')
}
