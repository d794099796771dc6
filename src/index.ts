import { main } from './main.js'
import { runGuarded } from './report/run-guarded.js'

runGuarded(main)
