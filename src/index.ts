import { runGuarded } from './report/guard.js'
import { main } from './main.js'

runGuarded(main)
