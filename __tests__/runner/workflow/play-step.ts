import { runnerVariables } from '../environment.js'
import { runStep } from '../step.js'
import type { StepResult } from '../step-result.js'
import { holds, interpolate } from './expression.js'
import type { JobState, StepEffects } from './job-state.js'
import { evaluateAll } from './evaluate-all.js'
import { runnerOf } from './runner-context.js'
import { isKnownShell, runShell } from './shell-step.js'
import type { StepFile } from './workflow-file.js'
import type { World } from './world.js'

/** What the examples call the action; a workflow may pin another version. */
export const OURS = 'owner/databricks-secrets-sync@v1'
const OUR_REPOSITORY = OURS.replace(/@.*/, '@')

/** What a workflow of the action's own repository calls it. */
const OURS_HERE = './'

type Played = Omit<StepResult, 'node'>

/**
 * Plays a step, unless its `if` says no: the action itself in its own process, a script in bash, an action of somebody
 * else by its stand-in.
 * @throws Error on an action that has no stand-in and on an unknown shell, unless the world has `onUnplayable`
 */
export async function playStep(
  step: StepFile,
  shell: string | undefined,
  state: JobState,
  world: World,
): Promise<void> {
  const { id, uses, continueOnError } = step
  const named = {
    name: step.name ?? uses ?? step.run?.split('\n')[0] ?? '',
    isOurs: uses?.startsWith(OUR_REPOSITORY) === true || uses === OURS_HERE,
    continueOnError,
  }
  const nothing: StepEffects = { id, outputs: {}, env: {}, masks: [], path: [] }
  if (!holds(step.if, state.scope())) {
    state.add({ ...named, outcome: 'skipped' }, nothing)
    return
  }
  const usedShell = step.shell ?? shell
  const reason =
    uses === undefined
      ? isKnownShell(usedShell) || `The player does not know the shell ${usedShell ?? ''}.`
      : named.isOurs || world.uses?.[uses] !== undefined || `There is no stand-in for ${uses}.`
  if (reason !== true) {
    if (world.onUnplayable === undefined) throw new Error(reason)
    world.onUnplayable(reason)
    state.add({ ...named, outcome: 'skipped' }, nothing)
    return
  }
  const ownEnv = evaluateAll(step.env, state.scope())
  const given = evaluateAll(step.with, state.scope(ownEnv))
  const env = { ...state.env, ...ownEnv }
  const runner = { ...state.runner, GITHUB_ACTION: state.uniqueName(id ?? actionName(uses)) }

  const standIn = named.isOurs ? undefined : world.uses?.[uses ?? '']
  if (standIn !== undefined) {
    const left = await standIn({
      with: given,
      workspace: state.folders.workspace,
      runner: runnerOf(state.folders),
    })
    state.add({ ...named, outcome: 'success' }, { ...nothing, ...left })
    return
  }

  const result: Played = named.isOurs
    ? await runStep({
        with: world.beforeOurs?.({ with: given, env, workspace: state.folders.workspace }) ?? given,
        env,
        secrets: Object.fromEntries(state.masks.map((mask, index) => [String(index), mask])),
        workspace: state.folders.workspace,
        runnerVariables: { ...runner, RUNNER_TEMP: state.folders.temp },
        event: world.event.payload ?? {},
      })
    : await runShell({
        script: interpolate(step.run ?? '', state.scope(ownEnv)),
        shell: usedShell,
        env,
        masks: state.masks,
        folders: state.folders,
        runner: { ...runnerVariables(state.folders, false), ...runner },
        event: world.event.payload ?? {},
        path: state.path,
      })
  const outcome = result.outcome === 'success' ? 'success' : 'failure'
  state.add({ ...named, outcome, result }, { id, ...effectsOf(result) })
}

function effectsOf({ outputs, envChanges, masks, path }: Played): Omit<StepEffects, 'id'> {
  return { outputs, env: envChanges, masks, path }
}

/** `__run`, or the action's repository: how the runner calls a step without an id. */
function actionName(uses: string | undefined): string {
  const [repository = ''] = uses?.split('@') ?? []
  return uses === undefined ? '__run' : `__${repository.replaceAll('/', '_')}`
}
