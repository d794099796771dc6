import type { InputLocation, InputProblem } from './input-error.js'
import type { SecretValue } from '../secret-value.js'

/** A text that is probably not the value itself: a stand-in for it, a reference to it, or its encrypted form. */
interface Placeholder {
  /** The pattern of the value, without the white space around it. */
  readonly pattern: RegExp
  /** The error message in every source. Without it, the value is written with a warning. */
  readonly message?: string
  /** The error message in a `secrets-file`, which the step that wrote the file should have decrypted. */
  readonly inFile?: string
  /** True for a text that is too common to be masked: its mask would garble the message about it. */
  readonly isCommon?: boolean
}

const MISSING_VALUE =
  'the value is a placeholder for a missing value, such as null, undefined, Object or object Object in brackets. Check ' +
  'the command or the expression that creates the value'

const MASKED = 'the value is only asterisks, like a masked secret in a log. Give the secret itself'

const NOT_EVALUATED =
  'the value is an expression or a variable that was not evaluated. Check where it is written: inputs of a ' +
  'step may contain expressions, but no shell variables. To pass an environment variable, use secret-envs'

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

/** All known placeholders, for every source and format of the map. */
const PLACEHOLDERS: readonly Placeholder[] = [
  // JSON, JavaScript, objects and lists as GitHub prints them, Go and its templates, C, PowerShell.
  {
    pattern:
      /^(?:null|undefined|\[object \w+\]|Object|Array|<nil>|<no value>|\(null\)|System\.(?:Object\[\]|Collections\.Hashtable|Security\.SecureString))$/,
    message: MISSING_VALUE,
    isCommon: true,
  },
  // A mask, or a sensitive output of Terraform.
  { pattern: /^(?:\*{3,}|<sensitive>|\(sensitive value\))$/, message: MASKED, isCommon: true },
  // GitHub, a shell, Azure Pipelines. Not `$NAME`: a password may begin with a dollar sign.
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

/** The error for a value that is a placeholder; undefined if the value may be written. */
export function placeholderProblem(value: SecretValue, { input }: InputLocation): InputProblem | undefined {
  const found = value.firstMatch(PLACEHOLDERS)
  const message = found?.message ?? (input === 'secrets-file' ? found?.inFile : undefined)
  if (message === undefined) return undefined
  return { message, kind: message === MISSING_VALUE ? 'empty-value' : 'invalid-value' }
}

/** Whether a value looks encrypted or like a reference. It is written with a warning, because that may be intended. */
export function isUnresolved(value: SecretValue): boolean {
  const found = value.firstMatch(PLACEHOLDERS)
  return found !== undefined && found.message === undefined
}

/** Whether a value is a placeholder that must not be masked, because it is in many lines of a log. */
export function isCommonPlaceholder(value: SecretValue): boolean {
  return value.firstMatch(PLACEHOLDERS)?.isCommon === true
}
