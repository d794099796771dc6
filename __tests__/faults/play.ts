import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { FaultScript } from '../../emulator/fault-script.js'
import type { Interceptor } from '../../emulator/loopback-server.js'
import type { RequestRecord } from '../../emulator/request-log.js'
import { runStep, UnexpectedStderr, type Step, type StepResult } from '../runner/step.js'
import { snapshot, type Evidence, type Seen } from './evidence.js'
import { judge } from './judge.js'
import { SCOPE, type World } from './runs.js'

/** A step whose time-outs pass twenty times as fast. */
const HURRIED: Step = {
  nodeOptions: ['--import', pathToFileURL(path.resolve(import.meta.dirname, 'hurried-clock.mjs')).href],
}

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
}

/** How long a run may take, in ms: more than any needs, also on a machine that is busy. */
const HANGS_AFTER_MS = 90_000

/** Runs the action in a world that is disturbed, and judges what it says. The world is closed afterwards. */
export async function play(world: World, disturbance: Disturbance): Promise<Verdict> {
  const { workspace, wanted, inputs } = world
  const befallen = new Set<RequestRecord>()
  const befalls =
    (fault: Interceptor): Interceptor =>
    (request, perform) => {
      befallen.add(request)
      return fault(request, perform)
    }
  if (disturbance.script !== undefined) workspace.intercept(disturbance.script(befalls))
  const before = snapshot(workspace.store, SCOPE)
  try {
    const step = await stepOf({
      ...(disturbance.hurried === true ? HURRIED : {}),
      timeoutMs: HANGS_AFTER_MS,
      ...disturbance.step,
      with: {
        host: workspace.url,
        scope: SCOPE,
        'requests-per-second': '0',
        ...inputs,
        ...disturbance.inputs,
      },
    })
    const evidence: Evidence = {
      wanted,
      before,
      after: snapshot(workspace.store, SCOPE),
      requests: workspace.requests.all.map((request) => seen(request, befallen.has(request))),
      step,
      countsFaults: disturbance.countsFaults ?? true,
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

function seen({ path, body, query }: RequestRecord, befallen: boolean): Seen {
  const fields = (body ?? {}) as Record<string, string | undefined>
  const {
    key,
    principal,
    initial_manage_principal: manager,
    string_value: text,
    bytes_value: base64,
  } = fields
  return {
    call: path.replace('/api/2.0/', ''),
    about: key ?? principal ?? manager ?? query.get('key') ?? undefined,
    value: text ?? (base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString()),
    befallen,
  }
}

/** The interceptor of a script. */
export function scripted(script: ConstructorParameters<typeof FaultScript>[0]): Interceptor {
  return new FaultScript(script).play
}
