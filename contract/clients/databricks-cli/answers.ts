import type { Answers, Operation } from '../../operations.js'
import { scopesOf, secretsOf, type WireScope, type WireSecret } from '../listing.js'

/**
 * Reads what the CLI printed.
 *
 * @throws Error when it is not the JSON that was asked for, or when there is some where none is due
 */
export function answerOf(operation: Operation, stdout: string): Answers[keyof Answers] | null {
  switch (operation.do) {
    case 'listScopes':
      return scopesOf(read(stdout) as WireScope[])
    case 'listSecrets':
      return secretsOf(read(stdout) as WireSecret[])
    case 'getSecret': {
      const { key, value } = read(stdout) as { key: string; value: string }
      return { key, base64: value }
    }
    case 'getAcl':
      return read(stdout) as Answers['getAcl']
    case 'listAcls':
      return read(stdout) as Answers['listAcls']
    case 'whoAmI':
      return { name: (read(stdout) as { userName: string }).userName }
    default:
      if (stdout.trim() !== '') throw new Error(`The CLI printed something in ${operation.do}: ${stdout}`)
      return null
  }
}

function read(stdout: string): unknown {
  try {
    return JSON.parse(stdout)
  } catch (cause) {
    throw new Error('The CLI printed what is no JSON.', { cause })
  }
}
