import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { FakeCertificate } from '../../emulator/fake-certificate.js'
import { InputErrors } from '../../src/inputs/input-errors.js'
import { checkNodeEnvironment, normalizeNoProxy } from '../../src/inputs/node-environment.js'

function errorsOf(env: Record<string, string>): string[] {
  const errors = new InputErrors()
  checkNodeEnvironment(env, errors)
  return errors.all.map(({ input, message }) => `${input}: ${message}`)
}

// A snapshot, a report or a core dump contains all values of the run, and later jobs find it on the runner.
describe('NODE_OPTIONS', () => {
  test.each([
    '--heapsnapshot-signal=SIGUSR2',
    '--heapsnapshot_signal=SIGUSR2',
    '--heapsnapshot-near-heap-limit=1',
    '--report-on-signal',
    '--report-on-fatalerror',
    '--report-uncaught-exception',
    '--tls-keylog=/tmp/keys',
    '--tls-keylog /tmp/keys',
    '"--tls-keylog=/tmp/my keys"',
    '--trace-tls',
    '--max-old-space-size=4096 --inspect',
    '--inspect=0.0.0.0:9229',
    '--inspect-brk',
    '--inspect-wait',
    '--abort-on-uncaught-exception',
  ])('is refused with %s', (options) => {
    const [inputError = ''] = errorsOf({ NODE_OPTIONS: options })
    expect(inputError).toMatch(/^NODE_OPTIONS: contains --[a-z-]+, so Node would show values/)
    expect(inputError).not.toMatch(/SIGUSR2|keys|9229/)
  })

  test.each([
    '',
    '--max-old-space-size=4096',
    '--use-openssl-ca',
    '--import=/x/apm.mjs',
    '--cpu-prof',
    '--no-inspect',
    '--report-dir=/tmp',
    '--inspect-port=9229',
  ])('is accepted with %p', (options) => {
    expect(errorsOf({ NODE_OPTIONS: options })).toEqual([])
  })
})

test.each(['NODE_DEBUG', 'NODE_DEBUG_NATIVE'])('%s is refused', (name) => {
  expect(errorsOf({ [name]: 'tls' })).toEqual([expect.stringMatching(`^${name}: set, so Node would write`)])
})

test('NODE_TLS_REJECT_UNAUTHORIZED is refused if it turns the checks off', () => {
  expect(errorsOf({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([expect.stringContaining('set to 0')])
  expect(errorsOf({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual([])
})

// Otherwise requests bypass the proxy of a company.
describe('a variable for a proxy', () => {
  test.each([
    'http://user:pa%ss@proxy.example:3128',
    'http://us%er@proxy.example',
    'http://',
    'http://proxy.example:99999',
    'http://proxy.example:port',
    'proxy.example:99999',
    'proxy:3128',
    'socks5://proxy.example:1080',
    'x y',
    'proxy.example:3128',
  ])('that is invalid is reported, and its value is not shown: %s', (address) => {
    for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']) {
      const errors = errorsOf({ [name]: address })
      expect(errors).toEqual([
        expect.stringMatching(`^${name}: not a valid address of a proxy, so requests would bypass`),
      ])
      expect(errors.join()).not.toContain(address.replace('http://', '') || 'nothing to look for')
    }
  })

  test.each([
    '',
    'http://proxy.example:3128',
    'http://user:pa%25ss@proxy.example:3128',
    'https://proxy.example',
    '10.0.0.1:3128',
    'http://[::1]:3128/',
  ])('that is valid is accepted: %p', (address) => {
    expect(errorsOf({ https_proxy: address, HTTP_PROXY: address })).toEqual([])
  })

  test('in capitals is ignored if there is one in lower case', () => {
    expect(errorsOf({ https_proxy: 'http://proxy.example', HTTPS_PROXY: 'http://' })).toEqual([])
  })
})

test('no_proxy accepts *.host as .host, and spaces as commas', () => {
  const env = { no_proxy: '*.a.example, b.example *.c.example:443,,*', NO_PROXY: '*.d.example,e*.example' }
  normalizeNoProxy(env)
  expect(env).toEqual({
    no_proxy: '.a.example,b.example,.c.example:443,*',
    NO_PROXY: '.d.example,e*.example',
  })
  const none = {}
  normalizeNoProxy(none)
  expect(none).toEqual({})
})

// Node ignores such a file, and says so only on stderr.
describe('NODE_EXTRA_CA_CERTS', () => {
  let folder: string
  let certificate: string

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'certificates-'))
    const fake = await FakeCertificate.make(['localhost'], {})
    certificate = readFileSync(fake.file, 'utf8')
    fake.remove()
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  function errorsOfFile(content: string | Buffer): string[] {
    const file = path.join(folder, 'file.pem')
    writeFileSync(file, content)
    return errorsOf({ NODE_EXTRA_CA_CERTS: file })
  }

  test('may be a file of certificates', () => {
    expect(errorsOfFile(`# Our own\n${certificate}\n${certificate}`)).toEqual([])
    expect(errorsOfFile(certificate.replaceAll('\n', '\r\n'))).toEqual([])
    // Forms that only OpenSSL has; Node accepts them.
    for (const name of ['TRUSTED CERTIFICATE', 'X509 CERTIFICATE']) {
      expect(errorsOfFile(certificate.replaceAll('CERTIFICATE', name))).toEqual([])
    }
  })

  test('is refused if it is not', () => {
    const broken = certificate.replace(/\n[\w+/]{8}/, '\n')
    for (const content of ['', 'x', Buffer.from([0x30, 0x82]), broken, `${certificate}\n${broken}`]) {
      expect(errorsOfFile(content)).toEqual([
        expect.stringMatching(/^NODE_EXTRA_CA_CERTS: .* not a PEM file/),
      ])
    }
    expect(errorsOf({ NODE_EXTRA_CA_CERTS: folder })).toEqual([expect.stringContaining('not a PEM file')])
    const missing = path.join(folder, 'missing')
    expect(errorsOf({ NODE_EXTRA_CA_CERTS: missing })).toEqual([expect.stringContaining('does not exist')])
  })
})
