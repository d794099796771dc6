import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { format, resolveConfig } from 'prettier'

/**
 * Fills places in a Markdown file with texts: a place is between `<!-- NAME: written by … -->` and `<!-- end of NAME -->`.
 *
 * @param texts by the names of their places
 * @param mode `write` inserts the texts, `check` does not change the file
 * @returns whether the file had these texts before
 * @throws Error when the file has lost the marks of a place
 */
export async function fillPlaces(
  file: string,
  texts: Readonly<Record<string, string>>,
  mode: 'write' | 'check',
): Promise<boolean> {
  const before = readFileSync(file, 'utf8')
  const filled = Object.entries(texts).reduce((page, [name, text]) => {
    const place = new RegExp(`(<!-- ${name}: written by [^\\n]*? -->).*?(<!-- end of ${name} -->)`, 's')
    if (!place.test(page)) throw new Error(`${path.basename(file)} has no place for the text called ${name}.`)
    return page.replace(place, (_, start: string, end: string) => `${start}\n\n${text}\n\n${end}`)
  }, before)
  const after = await format(filled, { ...(await resolveConfig(file)), filepath: file })
  if (mode === 'write' && after !== before) writeFileSync(file, after)
  return after === before
}
