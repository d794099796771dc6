/** Prints `usage` and ends the process with exit code 0, if the arguments have `--help`. */
export function answerHelp(usage: string): void {
  if (!process.argv.includes('--help')) return
  process.stdout.write(`${usage}\n`)
  process.exit()
}
