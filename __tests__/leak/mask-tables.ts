/**
 * `npm run masks`: writes the tables of docs/security.md that say which forms of a value are masked, and how many masks
 * that takes, from the masks that src makes and the model of the runner.
 */
import { createHash } from 'node:crypto'
import path from 'node:path'

import { fillPlaces } from '../../scripts/fill-place.js'
import { SecretValue } from '../../src/secret-value.js'
import { planMasks, type MaskPlan } from '../../src/secrets/masks/mask-plan.js'
import { LATER_FORMS, type LaterForm } from './later-forms.js'
import { LaterStep } from './later-step.js'

/** In characters; beyond ASCII there are few among them. */
export const LENGTHS = [8, 40, 90, 200, 1_000, 4_000] as const

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** What some tool escapes, and what none does. */
const EVERYTHING = `${LETTERS}${LETTERS}+/=&<>"'$\`!@#:;,?*()[]{}|^~% \\-_.é`

/** A made-up text, always the same for the same length and name. */
export function madeUp(length: number, alphabet: string = EVERYTHING, name = ''): string {
  let text = ''
  for (let block = 0; text.length < length; block++) {
    const bytes = createHash('sha512').update(`fake ${name} ${length} ${block}`).digest()
    for (const byte of bytes) text += alphabet.charAt(byte % alphabet.length)
  }
  return text.slice(0, length)
}

function plan(...values: (string | Buffer)[]): MaskPlan {
  return planMasks(values.map((value, index) => ({ key: `key-${index}`, value: new SecretValue(value) })))
}

/** Whether a form of a value of so many characters is masked. */
export function isMasked(form: LaterForm, length: number): boolean {
  return isMaskedBy(laterStepOf(length), form, length)
}

const steps = new Map<number, LaterStep>()

function laterStepOf(length: number): LaterStep {
  const step = steps.get(length) ?? LaterStep.with(plan(madeUp(length)).masks)
  steps.set(length, step)
  return step
}

function isMaskedBy(step: LaterStep, form: LaterForm, length: number): boolean {
  return step.leftOf(form, Buffer.from(madeUp(length))) === undefined
}

function pem(): string {
  return `-----BEGIN FAKE KEY-----\n${madeUp(1_624, `${LETTERS}+/`, 'key').replace(/.{64}/g, '$&\n')}\n-----END FAKE KEY-----\n`
}

function serviceAccount(): string {
  const email = 'fake@fake-project.iam.gserviceaccount.com'
  const account = {
    type: 'service_account',
    project_id: 'fake-project',
    private_key_id: madeUp(40, '0123456789abcdef'),
    private_key: pem(),
    client_email: email,
    client_id: madeUp(21, '0123456789'),
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: 'https://oauth2.googleapis.com/token',
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(email)}`,
    universe_domain: 'googleapis.com',
  }
  return JSON.stringify(account, null, 2)
}

function bytes(length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, block) =>
    createHash('sha512').update(`fake bytes ${block}`).digest(),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

function linesOfText(lines: number, length: number, name: string): string {
  return Array.from({ length: lines }, (_, index) => madeUp(length, LETTERS, `${name} ${index}`)).join('\n')
}

/** Maps of one kind of value. */
export const KINDS: Readonly<Record<string, () => readonly (string | Buffer)[]>> = {
  'a key of 28 letters and digits': () => [madeUp(28, LETTERS)],
  'a key of 88 characters in base64': () => [bytes(64).toString('base64')],
  'a password of 20 characters with 8 to escape': () => [`${madeUp(12, LETTERS)}+/=@!"'&`],
  'a PEM of 1,700 bytes': () => [pem()],
  'a service account of Google, 2,400 bytes': () => [serviceAccount()],
  'bytes that are no text, 128 KiB': () => [bytes(131_072)],
  'a text of 4,000 lines of 30 characters': () => [linesOfText(4_000, 30, 'text')],
  '1,000 keys of 28 letters and digits': () =>
    Array.from({ length: 1_000 }, (_, index) => madeUp(28, LETTERS, String(index))),
  '250 keys of 88 characters in base64': () =>
    Array.from({ length: 250 }, (_, index) =>
      bytes(64 * 250)
        .subarray(64 * index, 64 * index + 64)
        .toString('base64'),
    ),
  '1,000 files of 3,000 bytes, 62 a line': () =>
    Array.from({ length: 1_000 }, (_, index) => linesOfText(48, 62, String(index)).slice(0, 3_000)),
}

function countMasks(masks: readonly string[]): [string, string] {
  const size = masks.reduce(
    (sum, mask) => sum + Buffer.byteLength(`::add-mask::${mask.replaceAll('%', '%25')}\n`),
    0,
  )
  return [String(masks.length), String(size)].map((number) => number.replace(/\B(?=(\d{3})+$)/g, ',')) as [
    string,
    string,
  ]
}

const UP_TO = { always: 'always', first: 'first', any: 'then' } as const

/** The tables of docs/security.md, by the names of their places. */
export function maskTables(): Record<string, string> {
  const head = ['Form', 'Masked', ...LENGTHS.map((length) => length.toLocaleString('en'))]
  return {
    forms: [
      `| ${head.join(' | ')} |`,
      `|${' --- |'.repeat(2)}${' :-: |'.repeat(LENGTHS.length)}`,
      ...LATER_FORMS.map((form) => {
        const upTo = typeof form.upTo === 'number' ? 'then, up to 4 KiB' : UP_TO[form.upTo]
        return `| ${[form.name, upTo, ...LENGTHS.map((length) => (isMasked(form, length) ? 'yes' : '**no**'))].join(' | ')} |`
      }),
    ].join('\n'),
    masks: [
      '| Map | Masks | Bytes of commands | Values without some forms |\n| --- | --: | --: | --: |',
      ...Object.entries(KINDS).map(([name, values]) => {
        const { masks, uncovered } = plan(...values())
        return `| ${[name, ...countMasks(masks), uncovered.length.toLocaleString('en')].join(' | ')} |`
      }),
    ].join('\n'),
  }
}

/** Writes the tables into docs/security.md, or says whether they are there as they would be written. */
export async function fillMaskTables(mode: 'write' | 'check'): Promise<boolean> {
  return await fillPlaces(path.resolve('docs', 'security.md'), maskTables(), mode)
}

if (process.argv[1] === import.meta.filename) {
  await fillMaskTables('write')
}
