// Loaded ahead of a program on Node: at its end, writes to the file BENCH_RESOURCES what it has taken.
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'

const { BENCH_RESOURCES: file } = process.env

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  writeFileSync(
    file,
    JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1_000, peakKiB: peak() ?? maxRSS }),
  )
})

/**
 * The peak of this program alone. On Linux `maxRSS` begins with that of the process which has started this one, however
 * large that was; other systems have no such file, and no such fault.
 */
function peak() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  } catch {
    return undefined
  }
}
