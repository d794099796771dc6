/**
 * Loaded before the action: records every native handle that connects to something outside the process, for any module, and
 * writes the list to the file in WITNESS_FILE.
 */
import { createHook } from 'node:async_hooks'
import { writeFileSync } from 'node:fs'
import process from 'node:process'

const REACHING_OUT =
  /^(TCPCONNECTWRAP|PIPECONNECTWRAP|GETADDRINFOREQWRAP|QUERYWRAP|UDPSENDWRAP|PROCESSWRAP|WORKER)$/

const seen = []
createHook({
  init(_id, type, _trigger, resource) {
    if (REACHING_OUT.test(type)) seen.push([type, resource])
  },
}).enable()

process.on('exit', () => {
  // The target is known only when the handle is used.
  const lines = seen.map(([type, { address, port, hostname }]) =>
    [type, ...[address, port, hostname].filter((part) => part !== undefined)].join(' '),
  )
  writeFileSync(process.env.WITNESS_FILE, lines.join('\n'))
})
