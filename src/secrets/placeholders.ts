import type { InputLocation, InputProblem } from './input-error.js'
import type { SecretValue } from '../secret-value.js'

/** A text that a value should not be: it stands in for the value, or something has yet to be done with it. */
interface Placeholder {
  /** Is looked for in the value without the white space around it. */
  readonly pattern: RegExp
  /** What is wrong, where that is an error in every source. Without it, the value is written with a warning. */
  readonly message?: string
  /** What is wrong in a `secrets-file`: the step that wrote the file should have decrypted it. */
  readonly inFile?: string
  /** True for a text that is too common to be masked: it would garble the message about it. */
  readonly isCommon?: boolean
}

const STAND_IN =
  'the value is a word that stands in for a missing value, such as null, undefined, Object or object Object in brackets. ' +
  'Check the command or the expression that makes the value'

const MASKED = 'the value is nothing but asterisks, as a log shows a masked secret. Give the secret itself'

const NOT_EVALUATED =
  'the value is an expression or a variable that was not evaluated. Check where it is written: GitHub evaluates ' +
  'expressions in the inputs of a step, and variables of a shell nowhere but in run. To pass an environment variable, ' +
  'use secret-envs'

const REFERENCE_1PASSWORD =
  'the value is a reference to a 1Password item, not the secret. Resolve it in an earlier step, with ' +
  '1password/load-secrets-action or op read'

const LFS_POINTER =
  'the value is a pointer of Git LFS, not the file. Set lfs: true for actions/checkout, or run git lfs pull in an ' +
  'earlier step'

const STILL_ENCRYPTED =
  'the value is still encrypted by sops. Decrypt the map in an earlier step, with sops decrypt --output-type json'

const STILL_ENCRYPTED_DOTENVX =
  'the value is still encrypted by dotenvx. Decrypt the map in an earlier step, with dotenvx decrypt --stdout'

/** All that is known of such texts: the only place that knows them, for every source and form of the map. */
const PLACEHOLDERS: readonly Placeholder[] = [
  // JSON, JavaScript; how GitHub prints an object or a list; Go and its templates; C; PowerShell.
  {
    pattern:
      /^(?:null|undefined|\[object \w+\]|Object|Array|<nil>|<no value>|\(null\)|System\.(?:Object\[\]|Collections\.Hashtable|Security\.SecureString))$/,
    message: STAND_IN,
    isCommon: true,
  },
  // A mask; what Terraform prints for a sensitive output.
  { pattern: /^(?:\*{3,}|<sensitive>|\(sensitive value\))$/, message: MASKED, isCommon: true },
  // GitHub, a shell, Azure Pipelines. A password may begin with a dollar sign, so `$NAME` is none.
  { pattern: /^(?:\$\{\{[^]*\}\}|\$\{\w+\}|\$\([\w.]+\))$/, message: NOT_EVALUATED },
  { pattern: /^(?:\{\{\s*)?op:\/\/\S/, message: REFERENCE_1PASSWORD },
  { pattern: /^version https:\/\/git-lfs\.github\.com\/spec\//, message: LFS_POINTER },
  // The whole value is a ciphertext of sops, or of hiera-eyaml.
  { pattern: /^ENC\[[\w]+,[^\]]*\]$/, inFile: STILL_ENCRYPTED },
  { pattern: /^encrypted:[\w+/=-]+$/, inFile: STILL_ENCRYPTED_DOTENVX },
  // A document of sops, git-crypt, Ansible, age, GnuPG, OpenSSL.
  { pattern: /\bENC\[AES256_GCM,data:/ },
  { pattern: /^\0GITCRYPT\0/ },
  { pattern: /^(?:!vault \|\s*)?\$ANSIBLE_VAULT;/ },
  { pattern: /^(?:-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/v\d)/ },
  { pattern: /^-----BEGIN PGP MESSAGE-----/ },
  { pattern: /^(?:Salted__|U2FsdGVkX1)/ },
  // References that something else resolves: Databricks, Azure App Service, vals, Keeper.
  { pattern: /^\{\{\s*secrets\/[^{}]*\}\}$/ },
  { pattern: /^@Microsoft\.KeyVault\(/ },
  { pattern: /^(?:ref\+\w+|keeper):\/\/\S/ },
]

/** What is wrong with a value that is a placeholder where that is an error; undefined where nothing is wrong. */
export function placeholderProblem(value: SecretValue, { input }: InputLocation): InputProblem | undefined {
  const found = value.firstMatch(PLACEHOLDERS)
  const message = found?.message ?? (input === 'secrets-file' ? found?.inFile : undefined)
  if (message === undefined) return undefined
  return { message, kind: message === STAND_IN ? 'empty-value' : 'invalid-value' }
}

/** Whether a value that is no error looks encrypted, or like a reference: that may be meant. */
export function isUnresolved(value: SecretValue): boolean {
  const found = value.firstMatch(PLACEHOLDERS)
  return found !== undefined && found.message === undefined
}

/** Whether a value is a word that stands in for one, and is not to be masked: it is in many lines of a log. */
export function isCommonPlaceholder(value: SecretValue): boolean {
  return value.firstMatch(PLACEHOLDERS)?.isCommon === true
}
