import { exitOnSignals } from './process.js'

/**
 * Runs a program that is started from a command line. Wrong arguments are an error in one line, and exit code 2.
 *
 * @param readArguments undefined if they ask for help: then `usage` is printed. Its errors say what is wrong with them.
 */
export async function runCommandLine<T>(
  usage: string,
  readArguments: () => T | undefined,
  run: (given: T) => Promise<void>,
): Promise<void> {
  exitOnSignals()
  let given: T | undefined
  try {
    given = readArguments()
    if (given === undefined) process.stdout.write(`${usage}\n`)
  } catch (error) {
    // The first line: parseArgs has advice of its own below it.
    process.stderr.write(`${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}\n`)
    process.exitCode = 2
  }
  if (given !== undefined) await run(given)
}
