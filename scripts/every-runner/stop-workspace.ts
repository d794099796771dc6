/** Ends what start-workspace has started. */
import { variable } from './runner.js'

process.kill(Number(variable('WORKSPACE_PID')))
