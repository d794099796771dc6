/** A form in which a later step of the job prints a value: what tools make of it, written without a look at src. */
export interface LaterForm {
  /** As docs/security.md names it. */
  readonly name: string
  /**
   * Which values have it masked: `always` all of them; `first` all, before there are other masks, as long as the run has
   * masks left; `any` all, as long as there are some left then; a number only those of so many bytes at the most.
   */
  readonly upTo: number | 'always' | 'first' | 'any'
  /** Whether bytes that are no text have this form as well. */
  readonly ofBytes: boolean
  /** What the value decides of what is printed, without line breaks of the form. */
  encode(value: Buffer): string[]
  /** How it is printed, as lines; several printings for a form that depends on what stands around the value. */
  print(value: Buffer): string[][]
}

/** What is promised for pieces of base64 and for escaped forms. */
const SHORT = 4_096

/** Where 57 prefixes of different lengths leave a value in lines of 76 characters, and at each alignment. */
const PREFIXES = Array.from({ length: 57 }, (_, length) => 'user:'.padEnd(5 + length, 'x'))

/** A form that nothing but the value decides. */
function plain(
  name: string,
  upTo: LaterForm['upTo'],
  encode: (value: Buffer) => string,
  print: (encoded: string, value: Buffer) => string[] = (encoded) => encoded.split(/\r\n|\r|\n/),
): LaterForm {
  const ofBytes = /base64|^hex|xxd/.test(name)
  return {
    name,
    upTo,
    ofBytes,
    encode: (value) => [encode(value)],
    print: (value) => [print(encode(value), value)],
  }
}

/** A form of text, character by character. */
function escaped(name: string, pattern: RegExp, escape: (character: string) => string): LaterForm {
  return plain(name, SHORT, (value) => value.toString().replace(pattern, escape))
}

function wrap(text: string, width: number): string[] {
  const lines = []
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width))
  return lines
}

function behind(prefix: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from(prefix), value])
}

function hexDigits(character: string, digits: number): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(digits, '0')
}

function percent(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${hexDigits(String.fromCharCode(byte), 2)}`).join('')
}

/** White space around a value is no secret. */
function withoutBlanks(value: Buffer): Buffer {
  const text = value.toString()
  return Buffer.from(text).equals(value) ? Buffer.from(text.replace(/^[\s\x85]+|[\s\x85]+$/g, '')) : value
}

/** The base64 of the value behind a prefix, as far as the value alone decides it: found by trying. */
function inner(value: Buffer, prefix: number): string {
  const text = value.toString()
  // White space around it is no secret.
  const secret = Buffer.from(text).equals(value)
    ? Buffer.from(text.replace(/^[\s\x85]+|[\s\x85]+$/g, ''))
    : value
  const [one = '', other = ''] = [0x00, 0xff].map((filler) =>
    Buffer.concat([Buffer.alloc(prefix, filler), secret, Buffer.alloc(3, filler)]).toString('base64'),
  )
  return Array.from(one)
    .filter((character, index) => character === other[index])
    .join('')
}

function echoed(name: string, width: number, end: string): LaterForm {
  return plain(
    name,
    'first',
    (value) => inner(value, 0),
    (_, value) => wrap(Buffer.concat([value, Buffer.from(end)]).toString('base64'), width),
  )
}

const UNICODE = (character: string): string =>
  [...Array(character.length).keys()].map((at) => `\\u${hexDigits(character.charAt(at), 4)}`).join('')

/** Each form that is promised, in the order of docs/security.md. */
export const LATER_FORMS: readonly LaterForm[] = [
  plain('the value, or a line of it', 'always', String),
  plain('base64 on one line', 'first', (value) => value.toString('base64')),
  echoed('`printf %s "$X" \\| base64` (lines of 76)', 76, ''),
  echoed('`echo "$X" \\| base64` (lines of 76)', 76, '\n'),
  echoed('the same with CRLF', 76, '\r\n'),
  echoed('`echo "$X" \\| openssl base64` (lines of 64)', 64, '\n'),
  {
    name: '`echo "user:$X" \\| base64 -w0`, any prefix',
    upTo: 'any',
    ofBytes: true,
    encode: (value) => [0, 1, 2].map((prefix) => inner(value, prefix)),
    print: (value) => ['a', 'ab', 'abc'].map((prefix) => [behind(prefix, value).toString('base64')]),
  },
  {
    name: '`echo "user:$X" \\| base64`, any prefix, lines of 76 or 64',
    upTo: SHORT,
    ofBytes: true,
    encode: (value) => [0, 1, 2].map((prefix) => inner(value, prefix)),
    print: (value) => {
      const secret = withoutBlanks(value)
      return PREFIXES.flatMap((prefix) => {
        const base64 = behind(prefix, secret).toString('base64')
        return [76, 64].map((width) => wrap(base64, width))
      })
    },
  },
  {
    name: 'base64url, any prefix',
    upTo: 'any',
    ofBytes: true,
    encode: (value) =>
      [1, 2, 3].map((prefix) => inner(value, prefix).replace(/\+/g, '-').replace(/\//g, '_')),
    print: (value) => ['a', 'ab', 'abc'].map((prefix) => [behind(prefix, value).toString('base64url')]),
  },
  plain('hex on one line', 'any', (value) => value.toString('hex')),
  plain('hex on one line, in capitals', 'any', (value) => value.toString('hex').toUpperCase()),
  plain(
    '`xxd -p` (lines of 60)',
    'any',
    (value) => value.toString('hex'),
    (digits) => wrap(digits, 60),
  ),
  plain(
    '`xxd -p -u` (lines of 60)',
    SHORT,
    (value) => value.toString('hex').toUpperCase(),
    (digits) => wrap(digits, 60),
  ),
  escaped('URL, RFC 3986', /[^\w.~-]/gu, percent),
  escaped('URL, RFC 3986, digits in lower case', /[^\w.~-]/gu, (character) =>
    percent(character).toLowerCase(),
  ),
  plain('URL, `encodeURIComponent`', SHORT, (value) => encodeURIComponent(value.toString())),
  plain('URL, `encodeURI`', SHORT, (value) => encodeURI(value.toString())),
  plain('URL, form (`URLSearchParams`)', SHORT, (value) =>
    new URLSearchParams([['', value.toString()]]).toString().slice(1),
  ),
  plain('URL user info, Node and browsers (`URL.password`)', SHORT, (value) => {
    const url = new URL('https://user@host')
    url.password = value.toString()
    return url.password
  }),
  escaped('URL user info, Go (`url.UserPassword`)', /[^\w$&+,;=.~-]/gu, percent),
  escaped('URL path, Go (`url.PathEscape`)', /[^\w$&+:=@.~-]/gu, percent),
  escaped('URL user info, RFC 3986', /[^\w!$&'()*+,;=.~-]/gu, percent),
  plain('JSON', SHORT, (value) => JSON.stringify(value.toString()).slice(1, -1)),
  plain('JSON, Python', SHORT, (value) =>
    JSON.stringify(value.toString())
      .slice(1, -1)
      .replace(/[^\0-\x7f]/gu, (character) => UNICODE(character).toLowerCase()),
  ),
  plain('JSON, Go', SHORT, (value) =>
    JSON.stringify(value.toString())
      .slice(1, -1)
      .replace(/[<>&]/g, (character) => UNICODE(character).toLowerCase()),
  ),
  plain('JSON, .NET', SHORT, (value) =>
    Array.from(value.toString())
      .map((character) => {
        if (/["&'+<>`\x7f]|[^\0-\x7f]/u.test(character)) return UNICODE(character)
        return character === '"' ? '\\u0022' : JSON.stringify(character).slice(1, -1)
      })
      .join(''),
  ),
  plain('JSON, YAML and Java with `\\u` in capitals', SHORT, (value) =>
    JSON.stringify(value.toString())
      .slice(1, -1)
      .replace(/[^\0-\x7f]/gu, UNICODE),
  ),
  escaped(
    'HTML',
    /[&<>"']/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? '&#39;',
  ),
  escaped('HTML, numeric references', /[&<>"']|[^\0-\x7f]/gu, (c) => `&#${c.codePointAt(0)};`),
  escaped('HTML, hexadecimal references', /[&<>"']|[^\0-\x7f]/gu, (c) => `&#x${hexDigits(c, 1)};`),
  escaped(
    'HTML, numeric references for all but letters and digits',
    /[^a-z\d\n\r ]/giu,
    (c) => `&#${c.codePointAt(0)};`,
  ),
  escaped('bash, `set -x`', /'/g, () => `'\\''`),
  escaped('bash, `declare -p`', /["\\$`]/g, (c) => `\\${c}`),
  escaped('bash, `printf %q`', /[ !"$&'()*,;<>?[\\\]^`{|}]|^[~#]|(?<=[:=])~/g, (c) => `\\${c}`),
]
