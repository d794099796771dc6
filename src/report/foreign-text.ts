/** Beyond this many characters what the other side says is not looked through, so nothing of it is shown. */
const MAX_LENGTH = 64 * 1024

/** As many characters of it are shown. */
const MAX_SHOWN = 300

/**
 * Makes what came from outside fit to be shown inside a sentence of ours: without the values that this run knows,
 * without markup, on one line, cut, and unable to act as a command of the runner.
 *
 * @param masks What the runner has been told to hide; the job summary and later steps are served by this alone.
 */
export function foreignText(text: string, masks: readonly string[]): string {
  if (text.length > MAX_LENGTH) return `(${text.length} characters, not shown)`
  const shown = masks
    .reduce((rest, mask) => rest.replaceAll(mask, () => '***'), text)
    .replace(/<(style|script)\b.*?<\/\1\s*>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    // Control, format (bidirectional marks among them) and separator characters, line breaks included.
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll('##[', '## [')
    .trim()
  // By code points, so that no half of a surrogate pair is left at the cut.
  const [start = ''] = new RegExp(`^.{0,${MAX_SHOWN}}`, 'u').exec(shown) ?? []
  return start === shown ? shown : `${start}…`
}
