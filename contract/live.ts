/** `npm run contract:live`: plays the contract against a real workspace, which proves the emulator right or wrong. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Transcript } from '../emulator/transcript.js'
import { readArguments, USAGE, type LiveArguments } from './live-arguments.js'
import { liveCourt, type LiveCourt } from './live-court.js'
import { described, runLive } from './live-run.js'

const hidden: string[] = []

/** Without the tokens, whoever has put them there: a workspace may quote the one it refuses. */
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
// No client may find one by itself.
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
  // A pipe may not have taken all of it yet, and what is left of a client would keep the process.
  process.stdout.write('', () => process.exit(code))
}
