import { main } from './main.js'
import { runGuarded } from './report/guard.js'

runGuarded(main)
