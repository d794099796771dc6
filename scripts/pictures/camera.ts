import { chromium, type Page } from 'playwright-core'

import { indexedPng } from './indexed-png.js'
import { SUBJECT_ID } from './page.js'

/** Takes pictures of pages in a headless Chromium. */
export interface Camera {
  /** The subject of a page, at twice its size in pixels, as a PNG; in the colors that the page has for readers of this scheme. */
  take(html: string, scheme: 'light' | 'dark'): Promise<Buffer>
  close(): Promise<void>
}

/**
 * Starts the browser.
 *
 * @param executablePath The browser's program.
 * @throws the error of playwright-core if it does not start
 */
export async function openCamera(executablePath: string): Promise<Camera> {
  const browser = await chromium.launch({ executablePath })
  const context = { deviceScaleFactor: 2 } as const
  const [stage, darkroom] = [await browser.newPage(context), await browser.newPage()]
  return {
    async take(html, colorScheme) {
      await stage.emulateMedia({ colorScheme })
      await stage.setContent(html)
      return await develop(darkroom, await stage.locator(`#${SUBJECT_ID}`).screenshot())
    },
    async close() {
      await browser.close()
    },
  }
}

/** Makes a small PNG of a large one, whose pixels the browser can read. */
async function develop(page: Page, png: Buffer): Promise<Buffer> {
  // A text, since these are the browser's types and not those of Node.
  const read = `(async () => {
    const picture = await createImageBitmap(await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob())
    const { width, height } = picture
    const canvas = new OffscreenCanvas(width, height).getContext('2d')
    canvas.drawImage(picture, 0, 0)
    const { data } = canvas.getImageData(0, 0, width, height)
    let text = ''
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192))
    return { width, height, data: btoa(text) }
  })()`
  const pixels = await page.evaluate<{ width: number; height: number; data: string }>(read)
  return indexedPng({ ...pixels, data: Buffer.from(pixels.data, 'base64') })
}
