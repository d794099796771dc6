import { neverAnswer, reset, type Fault } from '../../emulator/faults.js'
import { after, before } from '../../emulator/interceptors.js'
import type { Interceptor } from '../../emulator/loopback-server.js'
import { refusal } from '../../emulator/refusals.js'
import type { Reply } from '../../emulator/reply.js'
import { pathOf, toOneKey, type Case } from './cases.js'
import { seen, snapshot } from './evidence.js'
import { FAULT_KINDS, type FaultKind } from './fault-kinds.js'
import { play, scripted, type Disturbance, type Others } from './play.js'
import { dryRun, everything, fill, keysOf, OF_SOMEBODY_ELSE, old, RUNS, SCOPE, update } from './runs.js'
import type { Phase, Run, World } from './runs.js'

/** How many keys the runs have. */
const SIZES = [20, 400] as const

/** Runs that are cancelled also have as many as a scope can hold. */
const CANCELLED_SIZES = [...SIZES, 1_000] as const

/** One disturbance of a run at the default rate. */
interface PhaseCase {
  readonly row: string
  readonly size: number
  readonly run: Run
  /** The phase of the run, where it is in one. */
  readonly place: string
  /** What else tells the case from others of its row and place. */
  readonly detail: string
  readonly disturb: (world: World) => Disturbance & { readonly world?: World }
  readonly mustSurvive?: boolean
  readonly mustFail?: boolean
}

/** Retries last for a minute, which is over soon on the hurried clock. */
const RETRY_SECONDS = '60'

/** The default: as long as it takes to send many requests that fail, and more. */
const DEFAULT_RETRY_SECONDS = '300'

function phaseCase({ row, size, run, place, detail, disturb, ...must }: PhaseCase): Case {
  return {
    name: [`${run.name}: ${row}`, place, detail].filter((part) => part !== '').join(', '),
    row: `${row}, ${size.toLocaleString('en')} keys`,
    place,
    long: size > 400,
    mustSurvive: false,
    ...must,
    async play() {
      const started = await run.start()
      const { world = started, inputs, ...disturbance } = disturb(started)
      return await play(world, {
        atDefaultRate: true,
        hurried: true,
        countsFaults: false,
        ...disturbance,
        inputs: { 'retry-timeout-seconds': RETRY_SECONDS, ...inputs },
      })
    },
  }
}

/** A request of a run: its phase, and which one to its call it is. */
interface Place extends Pick<Phase, 'call'> {
  readonly run: Run
  readonly size: number
  readonly phase: Phase['name']
  readonly at: number
}

/** The middle request to each call in each phase of the runs of a size; of twenty keys, the first, too. */
function placesOf(size: number): Place[] {
  return [everything(size), dryRun(size)].flatMap((run) =>
    run.phases.flatMap(({ name, call, first, last }) =>
      [...new Set([...(size === 20 ? [first] : []), Math.floor((first + last) / 2)])].map((at) => ({
        run,
        size,
        phase: name,
        call,
        at,
      })),
    ),
  )
}

/** Where it is, as names of cases have it. */
function where({ call, at }: Place): string {
  return `${call} ${at}`
}

function undisturbed(): Case[] {
  return CANCELLED_SIZES.flatMap((size) =>
    [update(size), everything(size), dryRun(size)].map((run) =>
      phaseCase({
        row: 'no fault at all',
        size,
        run,
        place: '',
        detail: '',
        disturb: () => ({ wasTried: () => true, countsFaults: true, costsItself: true }),
        mustSurvive: true,
      }),
    ),
  )
}

/** What fails for good: of each sort of fault one, at 400 keys fewer. */
const FOR_GOOD: Readonly<Record<(typeof SIZES)[number], readonly string[]>> = {
  20: [
    'connection reset',
    'silence',
    '429, Retry-After: 0',
    '500 INTERNAL_ERROR',
    '503 TEMPORARILY_UNAVAILABLE',
    '403 PERMISSION_DENIED',
  ],
  400: ['429, Retry-After: 0', '503 TEMPORARILY_UNAVAILABLE'],
}

/** A read that is refused for want of a permission is refused for all keys, and counts for all. */
function fits({ name }: FaultKind, call: string): boolean {
  return !(name.startsWith('403') && call === 'secrets/get')
}

/** One request that fails for good among healthy ones. */
function oneFails(): Case[] {
  return SIZES.flatMap((size) =>
    placesOf(size).flatMap((place) =>
      FAULT_KINDS.filter(({ name }) => FOR_GOOD[size].includes(name))
        .filter((kind) => fits(kind, place.call))
        .map((kind) =>
          phaseCase({
            ...place,
            row: 'one request that fails for good',
            place: place.phase,
            detail: `${where(place)}, ${kind.name}, ${kind.effect}`,
            disturb: () => ({
              script: (befalls) => toOneKey(place.call, place.at, befalls(kind.fault)),
              costsItself: true,
            }),
          }),
        ),
    ),
  )
}

/** How many keys come first that fail for good, and how many healthy ones behind them. */
const MANY: readonly (readonly [failing: number, healthy: number])[] = [
  [128, 32],
  [320, 80],
]

/** Many requests that fail for good ahead of healthy ones. */
function manyFail(): Case[] {
  const faults = [
    ['before', before(refusal(503))],
    ['after', after(refusal(503))],
  ] as const
  return MANY.flatMap(([failing, healthy]) => {
    const size = failing + healthy
    const run = update(size)
    const many = (
      place: Phase['name'],
      call: string,
      keys: readonly string[],
      setUp: (world: World) => Pick<Disturbance, 'inputs'> & { readonly world?: World },
    ): Case[] =>
      faults.map(([effect, fault]) =>
        phaseCase({
          row: `${failing} keys that fail for good before ${healthy} healthy ones`,
          size,
          run,
          place,
          detail: effect,
          disturb: (world) => {
            const { inputs, ...setting } = setUp(world)
            return {
              ...setting,
              inputs: { 'retry-timeout-seconds': DEFAULT_RETRY_SECONDS, ...inputs },
              script: (befalls) => toKeys(call, keys.slice(0, failing), befalls(fault)),
              costsItself: true,
            }
          },
          // What cannot be compared is written.
          mustSurvive: place === 'compare',
        }),
      )
    const toDelete = keysOf(size).map((key) => key.replace('key', 'old'))
    return [
      ...many('compare', 'secrets/get', keysOf(size), () => ({ inputs: { 'if-exists': 'compare' } })),
      ...many('puts', 'secrets/put', keysOf(size), () => ({})),
      ...many('verify', 'secrets/get', keysOf(size), () => ({ inputs: { verify: 'true' } })),
      ...many('deletes', 'secrets/delete', toDelete, (world) => {
        const { workspace, wanted } = world
        workspace.store.scope(SCOPE).delete(OF_SOMEBODY_ELSE)
        fill(workspace, old(toDelete))
        return {
          world: { ...world, wanted: { ...wanted, prune: true } },
          inputs: { prune: 'true', 'prune-limit': String(size) },
        }
      }),
    ]
  })
}

/** Befalls the requests to a call for these keys. */
function toKeys(call: string, keys: readonly string[], fault: Interceptor): Interceptor {
  const chosen = new Set<string | undefined>(keys)
  return (request, perform) =>
    request.path === pathOf(call) && chosen.has(seen(request, true).about)
      ? fault(request, perform)
      : undefined
}

/** Cancels the job at a request, at once or so many ms later, and befalls that request and all later ones to the call. */
function cancelledAt(
  { call, at }: Pick<Place, 'call' | 'at'>,
  fault: Interceptor,
  afterMs = 0,
): Pick<Disturbance, 'script' | 'step'> {
  const controller = new AbortController()
  let count = 0
  return {
    step: { cancel: controller.signal },
    script: (befalls) => {
      const befall = befalls(fault)
      return (request, perform) => {
        if (request.path !== pathOf(call) || ++count < at) return undefined
        if (count === at) {
          setTimeout(() => {
            controller.abort()
          }, afterMs)
        }
        return befall(request, perform)
      }
    },
  }
}

const AT_THE_SIGNAL: readonly (readonly [string, Interceptor])[] = [
  ['the workspace goes on', () => undefined],
  ['the workspace falls silent', () => neverAnswer],
]

/** Half a second of the hurried clock's ten: requests wait for their next try by then. */
const INSIDE_THE_PAUSE_MS = 500

/** Pauses of five minutes, and writes whose answer is lost. */
const BEFORE_THE_SIGNAL: readonly (readonly [
  string,
  (call: string) => boolean,
  Reply | Fault,
  typeof before,
])[] = [
  ['in a pause that Retry-After asked for', () => true, refusal(429, { retryAfter: 300 }), before],
  ['after it was stored and answered with 503', (call) => /put|delete/.test(call), refusal(503), after],
]

/** A signal in each phase. */
function cancelled(): Case[] {
  const row = 'a job that is cancelled'
  return CANCELLED_SIZES.flatMap((size) => {
    const puts = update(size)
    const middleOfPuts: Place = { run: puts, size, phase: 'puts', call: 'secrets/put', at: size / 2 }
    return [...placesOf(size), middleOfPuts].flatMap((place) => [
      ...AT_THE_SIGNAL.map(([detail, fault]) =>
        phaseCase({
          ...place,
          row,
          place: place.phase,
          detail: `${where(place)}, ${detail}`,
          disturb: () => cancelledAt(place, fault),
        }),
      ),
      ...BEFORE_THE_SIGNAL.filter(([, isFor]) => isFor(place.call) && place.phase !== 'comment').map(
        ([detail, , answer, effect]) =>
          phaseCase({
            ...place,
            row: `${row} ${detail}`,
            place: place.phase,
            detail: where(place),
            disturb: () => ({
              ...cancelledAt(place, effect(answer), INSIDE_THE_PAUSE_MS),
              inputs: { 'retry-timeout-seconds': DEFAULT_RETRY_SECONDS },
            }),
          }),
      ),
    ])
  })
}

/** Somebody deletes the scope in the middle of the run. */
function vanished(): Case[] {
  const row = 'a scope that is deleted during the run'
  const places = SIZES.flatMap((size) =>
    placesOf(size).filter(
      ({ run, phase }) => run.phases.some(({ name }) => name === 'puts') && !/sign-in|reads/.test(phase),
    ),
  )
  return [
    ...places.map((place) =>
      phaseCase({
        ...place,
        row,
        place: place.phase,
        detail: where(place),
        disturb: (started) => {
          const { workspace } = started
          const others: Others = {}
          // Permissions that fail would hide that nothing else does.
          const world = place.phase === 'permissions' ? started : withoutPermissions(started)
          const vanish: Interceptor = () => {
            others.last = snapshot(workspace.store, SCOPE)
            workspace.store.deleteScope(SCOPE)
            return undefined
          }
          return { world, others, script: (befalls) => scriptedAt(place, befalls(vanish)) }
        },
        mustFail: true,
      }),
    ),
    ...SIZES.flatMap((size) => {
      const run = everything(size)
      return [
        phaseCase({
          row: 'a workspace that denies the scope at every delete',
          size,
          run,
          place: 'deletes',
          detail: '',
          disturb: (world) => ({
            world: withoutPermissions(world),
            script: (befalls) => {
              const denial = refusal(404, { message: `Scope ${SCOPE} does not exist!` })
              return scriptedAt({ call: 'secrets/delete', at: 1 }, befalls(before(denial)), Infinity)
            },
          }),
          mustFail: true,
        }),
        phaseCase({
          row,
          size,
          run,
          place: 'reads',
          detail: 'before its keys are listed',
          disturb: ({ workspace }) => {
            const others: Others = {}
            const vanish: Interceptor = () => {
              workspace.store.deleteScope(SCOPE)
              others.before = snapshot(workspace.store, SCOPE)
              return undefined
            }
            return {
              others,
              script: (befalls) => scriptedAt({ call: 'secrets/list', at: 1 }, befalls(vanish)),
            }
          },
          // It is created anew.
          mustSurvive: true,
        }),
      ]
    }),
  ]
}

function withoutPermissions(world: World): World {
  return {
    ...world,
    wanted: { ...world.wanted, permissions: {} },
    inputs: { ...world.inputs, permissions: '' },
  }
}

function scriptedAt({ call, at }: Pick<Place, 'call' | 'at'>, fault: Interceptor, times = 1): Interceptor {
  return scripted([{ call: pathOf(call) as `/${string}`, at, times, fault }])
}

/** Another job creates the scope, and its own keys, while our create gets no answer that says so. */
function createdByAnother(): Case[] {
  const answers = [
    ['503', refusal(503)],
    ['connection reset', reset],
  ] as const
  return (['keep', 'compare', 'update'] as const).flatMap((ifExists) =>
    answers.map(([detail, answer]) =>
      phaseCase({
        row: 'a scope that another job creates while the create is not answered',
        size: 20,
        run: RUNS.createOnPremium,
        place: ifExists,
        detail,
        disturb: (world) => {
          const { workspace, wanted } = world
          const keys = keysOf(20).slice(0, 5)
          const { map } = wanted
          const isSame = ifExists === 'compare'
          const theirs = isSame ? Object.fromEntries(keys.map((key) => [key, map[key] ?? ''])) : old(keys)
          const others: Others = {}
          const create: Interceptor = () => {
            workspace.store.createScope(SCOPE, { acls: { 'ada@example.com': 'MANAGE', 'data-team': 'READ' } })
            fill(workspace, theirs)
            others.before = snapshot(workspace.store, SCOPE)
            return answer
          }
          return {
            world: {
              ...world,
              wanted: { ...wanted, map: ifExists === 'keep' ? { ...map, ...theirs } : map },
            },
            others,
            inputs: { 'if-exists': ifExists },
            script: (befalls) => scriptedAt({ call: 'secrets/scopes/create', at: 1 }, befalls(create)),
          }
        },
        mustSurvive: true,
      }),
    ),
  )
}

/** Runs at the default rate, of up to as many keys as a scope can hold, that are disturbed in each of their phases. */
export const PHASE_CASES: readonly Case[] = [
  ...undisturbed(),
  ...oneFails(),
  ...manyFail(),
  ...cancelled(),
  ...vanished(),
  ...createdByAnother(),
]
