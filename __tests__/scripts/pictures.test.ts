import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { inflateSync } from 'node:zlib'

import { describe, expect, test } from '@jest/globals'

import { indexedPng } from '../../scripts/pictures/indexed-png.js'
import { logPage, summaryPage } from '../../scripts/pictures/page.js'
import { HOST, picturesOf, play } from '../../scripts/pictures/scene.js'
import { SCENES } from '../../scripts/pictures/scenes.js'

const FOLDER = path.resolve('docs', 'pictures')

const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
)

// A picture that is missing is a broken page; without a text, a person who cannot see it gets nothing.
test.each(pages)('the pictures of %s are there, and have a text that says what they show', (page) => {
  const markdown = readFileSync(page, 'utf8')
  expect(markdown).not.toMatch(/<img\b(?![^>]*\balt="[^"]{20,}")/)
  // A reader with a dark page gets the dark picture, and everyone else the light one of the same run.
  for (const [, dark = '', light = ''] of markdown.matchAll(
    /<picture>\s*<source [^>]*prefers-color-scheme: dark[^>]*srcset="([^"]+)"[^>]*>\s*<img [^>]*src="([^"]+)"/g,
  )) {
    expect(dark).toBe(light.replace('.png', '-dark.png'))
    for (const file of [light, dark])
      expect(statSync(path.resolve(path.dirname(page), file)).isFile()).toBe(true)
  }
  expect(markdown.match(/<img\b/g) ?? []).toHaveLength((markdown.match(/<source\b/g) ?? []).length)
  for (const [, alt = '', target = ''] of markdown.matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)) {
    if (target.startsWith('https://')) continue
    expect(alt.length).toBeGreaterThan(20)
    expect(statSync(path.resolve(path.dirname(page), target)).isFile()).toBe(true)
  }
})

// A page of pictures that are megabytes is slow to open, and a picture of what is no longer so is a lie.
test('each picture is one that npm run pictures makes and a page shows, and a small one', () => {
  const made = SCENES.flatMap((scene) => picturesOf(scene).map(({ file }) => file))
  expect(readdirSync(FOLDER).sort()).toEqual(made.sort())
  const shown = pages.map((page) => readFileSync(page, 'utf8')).join('\n')
  expect(made.filter((name) => !shown.includes(`pictures/${name}`))).toEqual([])
  for (const name of made) expect(statSync(path.join(FOLDER, name)).size).toBeLessThan(150_000)
})

// Who changes what a run says has to be able to take the pictures again.
describe.each(SCENES)('the scene $name', (scene) => {
  test('plays, and has what its pictures show', async () => {
    const { entries, exitCode, summaryShown } = await play(scene)
    expect(exitCode).toBe(scene.exitCode)
    const log = logPage(entries)
    expect(log).toContain('▸ Run owner/databricks-secrets-sync@v1')
    expect(log).not.toContain('client-id:')
    expect(log.includes('class="line error"')).toBe(exitCode === 1)
    const summary = await summaryPage(summaryShown)
    expect(summary).toContain('Databricks secrets')
    if (scene.shows.includes('summary')) expect(summary).toContain(`>${HOST}</a>`)
    expect(summary).not.toContain('[!')
  })
})

describe('a PNG', () => {
  // A palette that is a colour short, or a row that is shifted, is a picture that nobody can read.
  test('has every pixel in its colour, where there are few', () => {
    const data = [255, 0, 0, 255, 0, 255, 0, 255, 255, 0, 0, 255, 1, 2, 3, 255]
    const png = indexedPng({ width: 2, height: 2, data: Uint8Array.from(data) })
    expect(png.subarray(16, 24)).toEqual(Buffer.from([0, 0, 0, 2, 0, 0, 0, 2]))
    const contentOf = (name: string): Buffer => {
      const at = png.indexOf(name)
      return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4))
    }
    const palette = contentOf('PLTE')
    const rows = inflateSync(contentOf('IDAT'))
    expect([rows[0], rows[3]]).toEqual([0, 0])
    const colours = [1, 2, 4, 5].map((at) => {
      const start = (rows[at] ?? 0) * 3
      return [...palette.subarray(start, start + 3)]
    })
    expect(colours).toEqual([
      [255, 0, 0],
      [0, 255, 0],
      [255, 0, 0],
      [1, 2, 3],
    ])
  })

  test('of more colours than a palette has is in those that are near', () => {
    const data = Uint8Array.from({ length: 300 * 4 }, (_, at) => (at % 4 === 0 ? at / 4 / 2 : 0))
    expect(() => indexedPng({ width: 300, height: 1, data })).not.toThrow()
  })
})
