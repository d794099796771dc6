/**
 * Makes the pictures of docs/pictures: runs the built action against an emulated workspace, shows its job summary and
 * its log as GitHub does, and takes them in a headless Chromium. With names of scenes, only theirs are made.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { findBrowser } from './pictures/browser.js'
import { openCamera } from './pictures/camera.js'
import { logPage, summaryPage } from './pictures/page.js'
import { picturesOf, play } from './pictures/scene.js'
import { SCENES } from './pictures/scenes.js'
import { answerHelp } from './answer-help.js'

const FOLDER = path.resolve(import.meta.dirname, '..', 'docs', 'pictures')

answerHelp(`Usage: npm run pictures [-- NAME ...]

Updates the pictures in docs/pictures from real runs, or only the pictures with these names. Needs a Chromium.`)

const browser = findBrowser(process.env)
if (browser === undefined) {
  process.stderr.write(
    'There is no Chromium or Chrome here. Install one, or name its program in CHROMIUM_PATH.\n',
  )
  process.exit(1)
}
const names = process.argv.slice(2)
const scenes = SCENES.filter(({ name }) => names.length === 0 || names.includes(name))
await mkdir(FOLDER, { recursive: true })
const camera = await openCamera(browser)
try {
  for (const scene of scenes) {
    const { entries, exitCode, summaryShown } = await play(scene)
    if (exitCode !== scene.exitCode) throw new Error(`${scene.name} ended with ${String(exitCode)}`)
    for (const { subject, scheme, file: name } of picturesOf(scene)) {
      const html = subject === 'summary' ? await summaryPage(summaryShown) : logPage(entries)
      const picture = await camera.take(html, scheme)
      const file = path.join(FOLDER, name)
      await writeFile(file, picture)
      process.stdout.write(`${path.relative('', file)}  ${Math.ceil(picture.length / 1024)} KiB\n`)
    }
  }
} finally {
  await camera.close()
}
