// Preloaded into a process that runs our TypeScript, instead of tsx, which takes twice as long to start.
import { register } from 'node:module'

register('./typescript-hooks.mjs', import.meta.url)
