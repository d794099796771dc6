import { FaultScript } from '../../emulator/fault-script.js'
import type { Interceptor } from '../../emulator/loopback-server.js'
import type { RequestRecord } from '../../emulator/request-log.js'
import { HURRIED } from '../runner/hurried-step.js'
import { runStep, UnexpectedStderr, type Step, type StepResult } from '../runner/step.js'
import { seen, snapshot, type Evidence, type Snapshot } from './evidence.js'
import { judge } from './judge.js'
import { SCOPE, type World } from './runs.js'

/** How a run went in which something went wrong. */
export interface Verdict {
  /** Whether the fault has befallen the run at all. */
  readonly tried: boolean
  /** Whether the step was green. */
  readonly survived: boolean
  readonly hangs: boolean
  /** Every wrong statement, in words; empty for a true report. */
  readonly wrong: readonly string[]
  readonly step: StepResult
}

/** How a run is disturbed, and what it is run with. */
export interface Disturbance {
  /** What befalls requests, and which; it may be none. */
  readonly script?: (befalls: (fault: Interceptor) => Interceptor) => Interceptor
  /** Whether the disturbance has come about, where no script tells. */
  readonly wasTried?: () => boolean
  readonly inputs?: Readonly<Record<string, string>>
  readonly step?: Omit<Step, 'with'>
  readonly hurried?: boolean
  /** Closes what the disturbance has opened. */
  readonly close?: () => Promise<void>
  /** See {@link Evidence.countsFaults}; default true. */
  readonly countsFaults?: boolean
  /** See {@link Evidence.costsItself}; default false. */
  readonly costsItself?: boolean
  /** Whether the run keeps to the default rate; without it there is no limit. */
  readonly atDefaultRate?: boolean
  /** What others do to the scope while the run is under way. */
  readonly others?: Others
}

/** What others have done to the scope while the run was under way. */
export interface Others {
  /** The scope when the run first learns of it, where that is not how it was before the run. */
  before?: Snapshot
  /** The scope just before it was deleted. */
  last?: Snapshot
}

/** How long a run may take, in ms: more than any needs, also on a machine that is busy. */
const HANGS_AFTER_MS = 90_000

/** Runs the action in a world that is disturbed, and judges what it says. The world is closed afterwards. */
export async function play(world: World, disturbance: Disturbance): Promise<Verdict> {
  const { workspace, github, wanted, inputs } = world
  const befallen = new Set<RequestRecord>()
  const befalls =
    (fault: Interceptor): Interceptor =>
    (request, perform) => {
      befallen.add(request)
      return fault(request, perform)
    }
  if (disturbance.script !== undefined) {
    const script = disturbance.script(befalls)
    workspace.intercept(script)
    github?.intercept(script)
  }
  const before = snapshot(workspace.store, SCOPE)
  try {
    const step = await stepOf({
      ...(disturbance.hurried === true ? HURRIED : {}),
      timeoutMs: HANGS_AFTER_MS,
      ...world.step,
      ...disturbance.step,
      with: {
        host: workspace.url,
        scope: SCOPE,
        ...(disturbance.atDefaultRate === true ? {} : { 'requests-per-second': '0' }),
        ...inputs,
        ...disturbance.inputs,
      },
    })
    const { before: met = before, last } = disturbance.others ?? {}
    const evidence: Evidence = {
      wanted,
      before: met,
      after: last ?? snapshot(workspace.store, SCOPE),
      requests: workspace.requests.all.map((request) => seen(request, befallen.has(request))),
      step,
      countsFaults: disturbance.countsFaults ?? true,
      costsItself: disturbance.costsItself ?? false,
      vanished: last !== undefined,
    }
    return {
      tried: disturbance.wasTried?.() ?? befallen.size > 0,
      survived: step.exitCode === 0,
      hangs: step.timedOut,
      wrong: [...judge(evidence), ...(step.stderr === '' ? [] : ['it writes to stderr'])],
      step,
    }
  } finally {
    await disturbance.close?.()
    await workspace.close()
    await github?.close()
  }
}

async function stepOf(step: Step): Promise<StepResult> {
  try {
    return await runStep(step)
  } catch (error) {
    if (error instanceof UnexpectedStderr) return error.result
    throw error
  }
}

/** The interceptor of a script. */
export function scripted(script: ConstructorParameters<typeof FaultScript>[0]): Interceptor {
  return new FaultScript(script).play
}
