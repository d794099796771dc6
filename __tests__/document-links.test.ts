import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

import { expect, test } from '@jest/globals'

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/README.md'],
  ...readdirSync('docs').map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'))

/** What a page has to link to within it: its headings as GitHub names them, the second of a name with a `-1`. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>()
  const withoutCode = readFileSync(page, 'utf8').replaceAll(/^```.*?^```/gms, '')
  for (const [, title = ''] of withoutCode.matchAll(/^#+ (.+)$/gm)) {
    const anchor = title
      .replaceAll(/\]\([^)]*\)|(?<![\w`])_|_(?![\w`])/g, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    let number = 0
    while (anchors.has(number === 0 ? anchor : `${anchor}-${number}`)) number++
    anchors.add(number === 0 ? anchor : `${anchor}-${number}`)
  }
  return anchors
}

// Who follows a link out of an error wants the cure, and not a page that is not there.
test.each(pages)('the links of %s lead to something', (page) => {
  const text = readFileSync(page, 'utf8').replaceAll(/^```.*?^```/gms, '')
  for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(?:https?|mailto):/.test(target)) continue
    const [file = '', anchor] = target.split('#')
    const found = file === '' ? page : path.join(path.dirname(page), file)
    expect([target, existsSync(found)]).toEqual([target, true])
    if (anchor === undefined || statSync(found).isDirectory()) continue
    expect([target, anchorsOf(found).has(anchor)]).toEqual([target, true])
  }
})
