import { EmulatedWorkspace, type WorkspaceOptions } from '../../emulator/workspace.js'
import { syncTo } from '../e2e/sync-step.js'
import type { Step, StepResult } from '../runner/step.js'

/** A run in which a message of docs/troubleshooting.md is said. */
export type Scenario = () => Promise<StepResult>

/** Scenarios by the message as the page has it, with `…` for what differs from run to run. */
export type Scenarios = Readonly<Record<string, Scenario>>

/** Scenarios of several messages that one run says. */
export function inOneRun(play: Scenario, ...messages: string[]): Scenarios {
  return Object.fromEntries(messages.map((message) => [message, play]))
}

/** Runs the action with these inputs against a workspace that is just as it starts. */
export function faulty(inputs: Record<string, string>, step: Step = {}): Scenario {
  return async () => await against({}, () => undefined, inputs, step)
}

/** Starts a workspace, makes it what it has to be, and runs the action against it. */
export async function against(
  options: WorkspaceOptions,
  prepare: (workspace: EmulatedWorkspace) => void,
  inputs: Record<string, string> = {},
  step: Step = {},
): Promise<StepResult> {
  const workspace = await EmulatedWorkspace.start(options)
  try {
    prepare(workspace)
    return await syncTo(workspace, inputs, step)
  } finally {
    await workspace.close()
  }
}
