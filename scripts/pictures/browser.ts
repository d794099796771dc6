import { existsSync } from 'node:fs'
import path from 'node:path'

/** Where the browser is on systems that do not put it on the path. */
const INSTALLED = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe']

/** Finds a Chromium or Chrome: the one that CHROMIUM_PATH names, or one on the path, or where it is usually installed. */
export function findBrowser(env: NodeJS.ProcessEnv): string | undefined {
  const { CHROMIUM_PATH: named = '', PATH = '' } = env
  if (named !== '') return existsSync(named) ? named : undefined
  const onPath = PATH.split(path.delimiter).flatMap((folder) => NAMES.map((name) => path.join(folder, name)))
  return [...onPath, ...INSTALLED].find((file) => existsSync(file))
}
