/**
 * Loaded ahead of the action: notes every native handle that reaches out of the process, whichever module made it, and
 * writes what it saw to the file that WITNESS_FILE names.
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
  // Where to is known only once the handle is in use.
  const lines = seen.map(([type, { address, port, hostname }]) =>
    [type, ...[address, port, hostname].filter((part) => part !== undefined)].join(' '),
  )
  writeFileSync(process.env.WITNESS_FILE, lines.join('\n'))
})
