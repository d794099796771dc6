// Preloaded into the action's process: its time passes twenty times as fast, so that neither its timeouts nor its own rate
// limit make a test long. Clocks and timers agree, so a run does the same as in real time. From the first signal on, time
// is real: the runner that sends the signal does not hurry.
const { process, performance, setTimeout: realTimeout } = globalThis

let factor = 20

/** Timeouts, in ms of the hurried clock, may end late, but not so soon that a busy machine uses them up. */
const TIMEOUT_MS = 10_000
const SHORTEST_TIMEOUT_MS = 2_000

globalThis.setTimeout = new Proxy(realTimeout, {
  apply: (target, self, [work, delay = 0, ...rest]) => target.call(self, work, inRealTime(delay), ...rest),
})

function inRealTime(delay) {
  const isTimeout = factor > 1 && delay >= TIMEOUT_MS
  return Math.max(delay / factor, isTimeout ? SHORTEST_TIMEOUT_MS : 0)
}

const clocks = [hurried(process, 'uptime'), hurried(performance, 'now')]

/** Makes a clock go faster. Returns what has it go on from where it is, when the factor is about to change. */
function hurried(owner, name) {
  const real = owner[name].bind(owner)
  let [told, since] = [0, 0]
  const now = () => told + (real() - since) * factor
  owner[name] = now
  return () => {
    ;[told, since] = [now(), real()]
  }
}

process.on('newListener', function onListener(name) {
  if (name !== 'SIGINT' && name !== 'SIGTERM') return
  process.off('newListener', onListener)
  // Ahead of the action's own listener, which sets the timers that bound the rest of the run.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, slowDown)
})

function slowDown() {
  for (const goOn of clocks) goOn()
  factor = 1
}
