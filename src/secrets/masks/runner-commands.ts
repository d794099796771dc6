const NAMES =
  'add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|save-state|set-env|set-output|' +
  'stop-commands|warning'

/** `##[error file=a]rest` anywhere in a line, and `::error file=a::rest` at its start. */
const COMMANDS = [
  new RegExp(`##\\[(?:${NAMES})(?: [^\\]]*)?\\]`, 'gi'),
  new RegExp(`^\\s*::(?:${NAMES})(?: .*?)??::`, 'gi'),
]

const ESCAPES: Readonly<Record<string, string>> = {
  '%3B': ';',
  '%5D': ']',
  '%0D': '\r',
  '%0A': '\n',
  '%25': '%',
}

/**
 * The texts that the runner prints of a line with a command: the text after the command, as written and with the runner's
 * escapes decoded. The runner processes commands before it masks, so a mask of the whole line does not hide this text.
 * (`ActionCommand` of actions/runner.)
 */
export function textsAfterCommands(line: string): string[] {
  if (!line.includes('##[') && !line.includes('::')) return []
  return COMMANDS.flatMap((command) =>
    [...line.matchAll(command)].flatMap(({ 0: found, index }) => {
      const text = line.slice(index + found.length)
      const plain = text.replace(/%(?:3B|5D|0D|0A|25)/g, (escape) => ESCAPES[escape] ?? escape)
      return [text, ...plain.split(/[\r\n]+/)]
    }),
  )
}
