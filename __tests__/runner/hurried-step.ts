import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Step } from './step.js'

/** A step whose time passes twenty times as fast, up to the first signal: timeouts, pauses and the rate limit. */
export const HURRIED: Step = {
  nodeOptions: ['--import', pathToFileURL(path.resolve(import.meta.dirname, 'hurried-clock.mjs')).href],
}
