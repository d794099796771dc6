/** `npm run contract:live`: runs the contract on a real workspace, to check the emulator. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Transcript } from '../emulator/transcript.js'
import { readArguments, USAGE, type LiveArguments } from './live-arguments.js'
import { liveCourt, type LiveCourt } from './live-court.js'
import { described, runLive } from './live-run.js'

const hidden: string[] = []

/** Removes the tokens from a text. A workspace may quote a token that it rejects. */
function withoutTokens(text: string): string {
  return hidden.reduce((shown, token) => shown.replaceAll(token, '***'), text)
}

function print(text: string): void {
  process.stdout.write(`${withoutTokens(text)}\n`)
}

function refuse(error: unknown): never {
  process.stderr.write(`${withoutTokens(described(error))}\n`)
  process.exit(2)
}

let options: LiveArguments | undefined
try {
  options = readArguments(process.argv.slice(2), process.env)
} catch (error) {
  refuse(error)
}
// No client may read a token from the environment.
delete process.env['DATABRICKS_TOKEN']
delete process.env['DATABRICKS_OTHER_TOKEN']

if (options === undefined) print(USAGE)
else {
  hidden.push(options.token, ...(options.other === undefined ? [] : [options.other.token]))
  let court: LiveCourt
  let transcript: Transcript
  try {
    await mkdir(path.dirname(options.transcript), { recursive: true })
    court = await liveCourt(options, (exchange, during) => {
      transcript.write(exchange, during)
    })
    transcript = new Transcript(options.transcript)
  } catch (error) {
    refuse(error)
  }
  const code = await runLive({ options, court, transcript, print })
  // Wait until the output is written. Then exit, because a client could keep the process running.
  process.stdout.write('', () => process.exit(code))
}
