/**
 * The parts of a value that a tool may print on their own: its lines, the strings of a JSON value with their escapes
 * undone (the `private_key` of a service account, say), and what stands between quotes around the whole.
 *
 * Parts of parts are among them: lines of a JSON string, strings of a JSON document inside a JSON string. The value
 * itself is not, unless it has one line.
 */
export function piecesOf(text: string): Set<string> {
  const pieces = new Set<string>()
  const left = [text]
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    for (const line of linesOf(part)) pieces.add(line)
    // Both are shorter than the part that they come from, so this ends.
    for (const inner of [...withinQuotes(part), ...stringsOfJson(part)]) {
      if (!pieces.has(inner)) left.push(inner)
    }
  }
  return pieces
}

/** The lines of a text that are not blank. The runner ends a line at a carriage return, too. */
export function linesOf(text: string): string[] {
  return text.split(/[\r\n]+/).filter((line) => line.trim() !== '')
}

/** What a shell or a reader of dotenv files leaves of a quoted value. */
function withinQuotes(text: string): string[] {
  const [, , inner] = /^\s*(["'])(.*)\1\s*$/s.exec(text) ?? []
  return inner === undefined ? [] : [inner]
}

/** Every string of a JSON document but the names of its members, which are no secret. */
function stringsOfJson(text: string): string[] {
  // Most values are none, and a parser that fails is slow.
  if (!/^\s*["[{]/.test(text)) return []
  try {
    JSON.parse(text)
  } catch {
    return []
  }
  // Not by a walk through the result: of two members by one name it has the last only.
  return [...text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g)]
    .filter(([, , colon]) => colon === undefined)
    .map(([, string = '""']) => JSON.parse(string) as string)
}
