import { BrokenListener } from '../../emulator/broken-listener.js'
import type { CertificateFlaw } from '../../emulator/fake-certificate.js'
import { hangUp, neverAnswer, reset, type Fault } from '../../emulator/faults.js'
import { after, late, worksOnlyFor } from '../../emulator/interceptors.js'
import { refusal } from '../../emulator/refusals.js'
import { RefusedPort } from '../../emulator/refused-port.js'
import { seededRandom } from '../../emulator/seeded-random.js'
import {
  closeSocket,
  keepSilent,
  openTunnel,
  refuseTunnel,
  resetSocket,
  say,
  type SocketFault,
} from '../../emulator/socket-faults.js'
import { Throttle, type ThrottleOptions } from '../../emulator/throttle.js'
import { TlsFront } from '../../emulator/tls-front.js'
import { TlsListener } from '../../emulator/tls-listener.js'
import type { Case } from './cases.js'
import { FAULT_KINDS } from './fault-kinds.js'
import { play, scripted, type Disturbance } from './play.js'
import { RUNS, type Run, type World } from './runs.js'

/** A disturbance that is set up in the world of a run. */
type SetUp = (world: World) => Disturbance | Promise<Disturbance>

interface Traits {
  readonly run?: Run
  /** How many seconds passing faults are retried; default 60 where it has to be green, and 1 elsewhere. */
  readonly retrySeconds?: number
  readonly mustSurvive?: boolean
}

/** A case in which more goes wrong than one request: the network, the workspace as a whole, or the job. */
function wholeRun(row: string, detail: string, setUp: SetUp, traits: Traits = {}): Case {
  const { run = RUNS.update, mustSurvive = false, retrySeconds = mustSurvive ? 60 : 1 } = traits
  return {
    name: `${run.name}: ${row}${detail === '' ? '' : `, ${detail}`}`,
    row,
    place: 'the whole run',
    mustSurvive,
    async play() {
      const world = await run.start()
      const { inputs, ...disturbance } = await setUp(world)
      return await play(world, {
        wasTried: () => true,
        countsFaults: false,
        ...disturbance,
        inputs: { 'retry-timeout-seconds': String(retrySeconds), ...inputs },
      })
    },
  }
}

const SURVIVES: Traits = { mustSurvive: true }

/** A port where no workspace is. */
function noWorkspace(name: string, fault: SocketFault, hurried = false): Case[] {
  return ['http', 'https'].map((scheme) =>
    wholeRun(name, scheme, async () => {
      const listener = await BrokenListener.start(fault)
      const host = listener.url.replace('http', scheme)
      return {
        inputs: { host },
        hurried,
        close: () => listener.close(),
        wasTried: () => listener.connections > 0,
      }
    }),
  )
}

async function refused(): Promise<RefusedPort> {
  return await RefusedPort.start()
}

const LISTENERS: readonly Case[] = [
  wholeRun('nobody listens', '', async () => {
    const port = await refused()
    return { inputs: { host: port.url }, close: () => port.close() }
  }),
  ...noWorkspace('a listener that resets each connection', resetSocket),
  ...noWorkspace('a listener that closes each connection', closeSocket),
  ...noWorkspace('a listener that is silent', keepSilent, true),
  ...noWorkspace('a listener that speaks SSH', say('SSH-2.0-fake\r\n')),
]

const FLAWS: readonly CertificateFlaw[] = ['expired', 'wrong host', 'unknown authority']

const TLS: readonly Case[] = [
  ...FLAWS.map((flaw) =>
    wholeRun(`a certificate with a flaw: ${flaw}`, '', async ({ workspace }) => {
      const listener = await TlsListener.start(workspace.url, { flaw })
      return over(listener)
    }),
  ),
  wholeRun(
    'TLS as it should be',
    '',
    async ({ workspace }) => over(await TlsListener.start(workspace.url)),
    SURVIVES,
  ),
  wholeRun('HTTP where TLS should be', '', ({ workspace }) => ({
    inputs: { host: workspace.url.replace('http:', 'https:') },
  })),
]

function over(listener: TlsListener): Disturbance {
  return {
    inputs: { host: listener.url },
    step: { runnerVariables: listener.variables },
    close: () => listener.close(),
  }
}

/** Whether a fault of a proxy goes by, and whether it takes waiting. */
const PROXY_FAULTS: readonly { name: string; fault: SocketFault; passes: boolean; hurried?: boolean }[] = [
  { name: 'refuses (407)', fault: refuseTunnel(407), passes: false },
  { name: 'refuses (403)', fault: refuseTunnel(403), passes: false },
  { name: 'reaches nobody (502)', fault: refuseTunnel(502), passes: true },
  { name: 'closes the connection', fault: closeSocket, passes: true },
  { name: 'resets the connection', fault: resetSocket, passes: true },
  { name: 'is silent', fault: keepSilent, passes: true, hurried: true },
  { name: 'closes the tunnel', fault: openTunnel(closeSocket), passes: true },
  { name: 'resets the tunnel', fault: openTunnel(resetSocket), passes: true },
  { name: 'is silent in the tunnel', fault: openTunnel(keepSilent), passes: true, hurried: true },
]

const PROXIES: readonly Case[] = [
  ...PROXY_FAULTS.flatMap(({ name, fault, passes, hurried = false }) =>
    (
      [
        ['for ever'],
        ['from the fifth tunnel on', 5, Infinity],
        ['once', 1, 1],
        ['at the fifth tunnel', 5, 5],
      ] as const
    ).map(([when, first = 1, last = Infinity]) =>
      wholeRun(
        `a proxy that ${name}`,
        when,
        async ({ workspace }) => {
          let broken = 0
          const front = await TlsFront.start(
            { 'workspace.test': workspace.url },
            {
              breaks: (_, count) => {
                if (count < first || count > last) return undefined
                broken++
                return fault
              },
            },
          )
          return {
            inputs: { host: 'https://workspace.test' },
            step: { runnerVariables: front.variables },
            hurried,
            close: () => front.close(),
            wasTried: () => broken > 0,
          }
        },
        { mustSurvive: passes && last !== Infinity },
      ),
    ),
  ),
  wholeRun('a proxy that is not there', '', async () => {
    const port = await refused()
    return {
      inputs: { host: 'https://workspace.test' },
      step: { env: { https_proxy: port.url } },
      close: () => port.close(),
    }
  }),
]

const KEPT: readonly (readonly [string, Fault])[] = [
  ['closed', hangUp],
  ['reset', reset],
]

const CONNECTIONS: readonly Case[] = [RUNS.update, RUNS.everything].flatMap((run) => [
  ...KEPT.flatMap(([end, fault]) =>
    [1, 2, 5].map((requests) =>
      wholeRun(
        `kept connections that are ${end} under the next request`,
        `after ${requests}`,
        () => ({ script: () => worksOnlyFor(requests, fault) }),
        { run, mustSurvive: true },
      ),
    ),
  ),
  ...(['before', 'after'] as const).map((wait) =>
    wholeRun('late answers', wait, () => ({ script: () => late({ ms: 10, jitterMs: 60, wait }) }), {
      run,
      mustSurvive: true,
    }),
  ),
])

const THROTTLES: readonly ThrottleOptions[] = [
  { perSecond: 10, burst: 3 },
  { perSecond: 10, burst: 3, retryAfter: 'seconds' },
  { perSecond: 10, burst: 3, retryAfter: 'date', code: 'RESOURCE_EXHAUSTED' },
  { maxInFlight: 2 },
]

const THROTTLED: readonly Case[] = [RUNS.update, RUNS.everything].flatMap((run) =>
  THROTTLES.map((options) =>
    wholeRun(
      'a workspace that throttles',
      JSON.stringify(options),
      () => {
        const throttle = new Throttle(options)
        const script = [
          { times: Infinity, fault: throttle.play },
          // So that some are under way at once.
          { times: Infinity, fault: late({ ms: 20 }) },
        ]
        return { script: () => scripted(script), wasTried: () => throttle.refused > 0 }
      },
      { run, mustSurvive: true },
    ),
  ),
)

/** What happens to a workspace, a token or a job while secrets are put. */
const IN_THE_MIDDLE: readonly Case[] = [
  ...[1, 7, 20].flatMap((at) => [
    wholeRun('a workspace that goes away', `at put ${at}`, ({ workspace }) => ({
      script: () =>
        scripted([{ call: 'secrets/put', at, fault: () => (void workspace.close(), neverAnswer) }]),
    })),
    wholeRun('a job that is cancelled', `at put ${at}`, () => {
      const controller = new AbortController()
      return {
        script: () =>
          scripted([
            {
              call: 'secrets/put',
              at,
              times: Infinity,
              fault: (_, perform) => {
                controller.abort()
                if (at % 2 === 0) perform()
                return neverAnswer
              },
            },
          ]),
        step: { cancel: controller.signal },
      }
    }),
  ]),
  ...[1, 5, 10].flatMap((at) => [
    wholeRun(
      'a token that is taken back',
      `at put ${at}`,
      ({ workspace }) => ({
        script: () => scripted([{ call: 'secrets/put', at, fault: takeBack(workspace) }]),
      }),
      { run: RUNS.everything, mustSurvive: true },
    ),
    wholeRun(
      'a token that is taken back, and no other is given',
      `at put ${at}`,
      ({ workspace }) => ({
        script: () =>
          scripted([
            { call: 'secrets/put', at, fault: takeBack(workspace) },
            { call: '/oidc/v1/token', at: 2, times: Infinity, fault: () => refusal(401) },
          ]),
      }),
      { run: RUNS.everything },
    ),
    wholeRun(
      'a token that is taken back after a put was cut, and no other is given',
      `at put ${at}`,
      ({ workspace }) => ({
        script: () =>
          scripted([
            {
              call: 'secrets/put',
              at,
              fault: (request, perform) => {
                const fault = after(reset)(request, perform)
                workspace.tokens.revokeAll()
                return fault
              },
            },
            { call: '/oidc/v1/token', at: 2, times: Infinity, fault: () => refusal(401) },
          ]),
      }),
      { run: RUNS.everything },
    ),
  ]),
]

/** Has all tokens end, ahead of the request. */
function takeBack({ tokens }: World['workspace']): () => undefined {
  return () => {
    tokens.revokeAll()
    return undefined
  }
}

const PASSING = FAULT_KINDS.filter(({ passes, slow }) => passes && !slow)

/** Faults by chance, at every eighth request or so. */
const STORMS: readonly Case[] = [RUNS.update, RUNS.createOnPremium, RUNS.everything].flatMap((run) =>
  Array.from({ length: 8 }, (_, index) =>
    wholeRun(
      'a storm of faults that pass',
      `seed ${index + 1}`,
      () => {
        const random = seededRandom(index + 1)
        return {
          script: (befalls) => (request, perform) => {
            const kind = PASSING[Math.floor(random() * 8 * PASSING.length)]
            const isMeant = kind !== undefined && !kind.notFor.test(request.path.replace('/api/2.0/', ''))
            return isMeant ? befalls(kind.fault)(request, perform) : undefined
          },
          countsFaults: true,
        }
      },
      { run, mustSurvive: true },
    ),
  ),
)

/** Every case in which more goes wrong than one request. */
export const WHOLE_RUN_CASES: readonly Case[] = [
  ...LISTENERS,
  ...TLS,
  ...PROXIES,
  ...CONNECTIONS,
  ...THROTTLED,
  ...IN_THE_MIDDLE,
  ...STORMS,
]
