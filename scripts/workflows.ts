/** Checks workflows with GitHub's own parser: those of this repository, or the files that are named. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'

import { answerHelp } from './answer-help.js'

const FOLDERS = ['.github/workflows', 'examples']

/** What GitHub has against a workflow: of its schema, its expressions, its jobs and what they need. */
async function errorsOf(file: string): Promise<string[]> {
  const { context, value } = parseWorkflow(
    { name: file, content: readFileSync(file, 'utf8') },
    new NoOperationTraceWriter(),
  )
  if (value !== undefined) await convertWorkflowTemplate(context, value)
  return context.errors.getErrors().map(({ message }) => message)
}

answerHelp(`Usage: npm run workflows [-- FILE ...]

Checks the workflows with the parser of GitHub: the files, or those in .github/workflows and examples.
To play a workflow, use npm run workflow -- FILE.`)

const given = process.argv.slice(2)
const files =
  given.length > 0
    ? given
    : FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name))).filter((file) =>
        file.endsWith('.yml'),
      )

const errors = (await Promise.all(files.map(errorsOf))).flat()
for (const error of errors) process.stderr.write(`${error}\n`)
if (errors.length > 0) process.exitCode = 1
