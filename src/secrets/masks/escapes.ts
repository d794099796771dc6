/** Escapes one character. */
type Escape = (character: string) => string

/** Escapes a text, as one tool does. */
type Form = (text: string) => string

/** The escape of JavaScript, as most JSON libraries write it. */
const unicode: Escape = (character) => `\\u${hex(character, 4)}`
const unicodeUpperCase: Escape = (character) => `\\u${hex(character, 4).toUpperCase()}`
const reference: Escape = (character) => `&#${character.codePointAt(0)};`
const hexReference: Escape = (character) => `&#x${hex(character)};`
const hexReferenceUpperCase: Escape = (character) => `&#x${hex(character).toUpperCase()};`
const backslashed: Escape = (character) => `\\${character}`

/** HTML escapes of common libraries, which differ in the five special characters and in others. */
const HTML_FORMS: readonly Form[] = [
  // Python, Go and other libraries escape quotes differently.
  (text) => html(text, '&quot;', '&#x27;'),
  (text) => html(text, '&#34;', '&#39;'),
  (text) => html(text, '&quot;', '&#39;'),
  // PHP before 8.1, and many handwritten pages.
  (text) => html(text, '&quot;', "'"),
  (text) => html(text, '"', "'"),
]

const MORE_HTML_FORMS: readonly Form[] = [
  // Go's html/template.
  (text) => html(text, '&#34;', '&#39;').replaceAll('+', '&#43;'),
  // .NET's HtmlEncoder.
  (text) => html(text, '&quot;', '&#x27;').replace(/[+`]|[^\0-\x7f]/gu, hexReferenceUpperCase),
  // Mustache and Handlebars.
  (text) => html(text, '&quot;', '&#39;').replace(/[/`=]/g, hexReferenceUpperCase),
  (text) => html(text, '&quot;', '&#x27;').replace(/[`=]/g, hexReferenceUpperCase),
  // XML in ASCII; .NET's WebUtility.
  (text) => html(text, '&quot;', '&#39;').replace(/[^\0-\x7f]/gu, reference),
]

/** Only numeric references: of the same characters, or of everything except letters and digits. */
const NUMERIC_HTML_FORMS: readonly Form[] = [
  ...[reference, hexReference, hexReferenceUpperCase].map(
    (escape) => (text: string) => text.replace(/[&<>"']|[^\0-\x7f]/gu, escape),
  ),
  referenceAll,
]

/** Escapes of ESAPI and similar libraries. */
const HEX_HTML_FORMS: readonly Form[] = [hexReference, hexReferenceUpperCase].map(
  (escape) => (text: string) => text.replace(/[^\w\r\n .,-]/gu, escape),
)

/** Output of a shell that the shell can read again. */
const SHELL_FORMS: readonly Form[] = [
  traced,
  // `declare -p` and `export -p` of bash.
  (text) => text.replace(/["\\$`]/g, backslashed),
]

/** `printf %q` of bash, for the whole text and inside of a longer text. */
const POSITIONAL_SHELL_FORMS: readonly Form[] = [
  (text) => backslashSpecial(text).replace(/^[#~]/, backslashed),
  backslashSpecial,
]

/** Escapes of bash for control characters, and in the locale C for everything that is not ASCII. */
const ANSI_C: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\E',
}

/** Escapes of PyYAML for text that is not ASCII. */
const YAML: Readonly<Record<string, string>> = {
  '\0': '\\0',
  ...ANSI_C,
  '\x1b': '\\e',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

/** The characters that URL libraries escape in parts of a URL. `percentFormsOf` has the forms that escape more. */
const URL_FORMS: readonly RegExp[] = [
  /[^\w!$%&'()*+,.~-]/gu, // user info of browsers and Node (WHATWG URL)
  /[^\w!$&'()*+,;=.~-]/gu, // user info of RFC 3986
  /[^\w!$&'()*+,;:=.~-]/gu, // user info of Java, which leaves the colon
  /[^\w$&+,;=.~-]/gu, // user info of Go
  /[^\w$&+:=@.~-]/gu, // a part of a path of Go
  /[^\w!$%&'()*+,./:;=@[\]^|~-]/gu, // a path of browsers and Node
  /[^\w!$%&()*+,./:;=?@[\\\]^`{|}~-]/gu, // a query of browsers and Node
  /[^\w!'()*;:@&=+$,/?#[\].~-]/gu, // EscapeUriString of .NET
]

const COMMON_FORMS: readonly Form[] = [
  jsonOf,
  // Python also escapes what is not ASCII, Go the special characters of HTML, and PHP the slash.
  asciiJsonOf,
  ...[jsonOf, asciiJsonOf].flatMap((json) => [
    (text: string) => json(text).replaceAll('/', '\\/'),
    (text: string) => json(text).replace(/[<>&]/g, unicode),
  ]),
  ...HTML_FORMS,
  traced,
]

const MORE_FORMS: readonly Form[] = [
  // Gson.
  (text) => jsonOf(text).replace(/[<>&='\u2028\u2029]/g, unicode),
  // .NET.
  (text) =>
    jsonOf(text)
      .replaceAll('\\"', '\\u0022')
      .replace(/[<>&'+`\x7f]|[^\0-\x7f]/g, unicodeUpperCase),
  (text) => jsonOf(text).replace(/[^\0-\x7f]/g, unicodeUpperCase),
  yamlOf,
  // A text in a list, as Python and Node print it.
  (text) => text.replaceAll('\\', '\\\\').replace(/[\n\r\t]/g, ansiC),
  ...[/[^ -~\x80-\u{10ffff}]/gu, /[^ -~]/gu].map(
    (escaped) => (text: string) => text.replace(/[\\']/g, backslashed).replace(escaped, ansiC),
  ),
  ...MORE_HTML_FORMS,
  ...NUMERIC_HTML_FORMS,
  ...HEX_HTML_FORMS,
  ...SHELL_FORMS,
  ...URL_FORMS.map((escaped) => (text: string) => text.replace(escaped, percent)),
]

const MORE_POSITIONAL_FORMS: readonly Form[] = [propertyOf, ...POSITIONAL_SHELL_FORMS]

/** The escaped forms of a text in which line breaks stay: HTML and shells. */
export const lineEscapesOf = escaper(
  [...HTML_FORMS, ...MORE_HTML_FORMS, ...NUMERIC_HTML_FORMS, ...SHELL_FORMS],
  POSITIONAL_SHELL_FORMS,
)

/** The escaped forms of a text in most tools: JSON, HTML, the trace of a shell. */
export const escapesOf = escaper(COMMON_FORMS, [])

/** The escaped forms of a text in other tools: JSON, HTML, YAML, URLs, shells. */
export const moreEscapesOf = escaper(MORE_FORMS, MORE_POSITIONAL_FORMS)

/** {@link escapesOf} and {@link moreEscapesOf}. */
export const allEscapesOf = escaper([...COMMON_FORMS, ...MORE_FORMS], MORE_POSITIONAL_FORMS)

/** The size of the cache, in characters. */
const MAX_CACHED = 4_096

/** Letters that no form escapes, and that no escape contains. */
const SEPARATOR = 'ZqZ'

/**
 * Makes a function that returns all escaped forms of a text, without the text itself and without duplicates.
 *
 * @param forms Forms that escape a character the same at every position, so that the escape can be cached.
 * @param positionalForms Forms in which the escape depends on the position.
 */
function escaper(forms: readonly Form[], positionalForms: readonly Form[]): (text: string) => string[] {
  /** The escapes of a character in each of the forms. */
  const cache = new Map<string, readonly string[]>()
  const addToCache = (characters: readonly string[]): void => {
    const joined = characters.join(SEPARATOR)
    const made = forms.map((form) => form(joined).split(SEPARATOR))
    if (cache.size >= MAX_CACHED) cache.clear()
    for (const [index, character] of characters.entries()) {
      cache.set(
        character,
        made.map((escaped) => escaped[index] ?? ''),
      )
    }
  }
  return (text) => {
    if (hasNothingToEscape(text)) return []
    // Most tokens. Only HTML references escape these characters.
    if (!/[^\w.-]/.test(text)) return forms.includes(referenceAll) ? [referenceAll(text)] : []
    // Every second part is a special character.
    const parts = text.split(/([^A-Za-z\d])/u)
    const special = [...new Set(parts.filter((_, index) => index % 2 === 1))]
    if (!special.every((character) => cache.has(character))) addToCache(special)
    const escapes = special.map((character) => cache.get(character) ?? [])
    const kinds = new Set([special.join(SEPARATOR)])
    const made = new Set<string>()
    for (let form = 0; form < forms.length; form++) {
      // Most forms differ only in characters that this text does not have.
      if (kinds.size === kinds.add(escapes.map((each) => each[form]).join(SEPARATOR)).size) continue
      made.add(parts.map((part, index) => (index % 2 === 1 ? cache.get(part)?.[form] : part)).join(''))
    }
    for (const form of positionalForms) made.add(form(text))
    made.delete(text)
    return [...made]
  }
}

/** Whether a text has only letters and digits, which no tool escapes. */
export function hasNothingToEscape(text: string): boolean {
  return !/[^a-z\d]/i.test(text)
}

function jsonOf(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function asciiJsonOf(text: string): string {
  return jsonOf(text).replace(/[^\0-\x7f]/g, unicode)
}

/** A trace of bash (`set -x`). */
function traced(text: string): string {
  return text.replaceAll("'", String.raw`'\''`)
}

function backslashSpecial(text: string): string {
  return text.replace(/[ !"$&'()*,;<>?[\\\]^`{|}]|(?<=[:=])~/g, backslashed)
}

/** Replaces everything except letters, digits, spaces and line breaks by references. */
function referenceAll(text: string): string {
  return text.replace(/[^a-z\d\r\n ]/giu, reference)
}

function html(text: string, double: string, single: string): string {
  if (!/[&<>"']/.test(text)) return text
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replaceAll('"', double)
    .replaceAll("'", single)
}

function ansiC(character: string): string {
  return (
    ANSI_C[character] ??
    [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  )
}

function yamlOf(text: string): string {
  return text.replace(/["\\]/g, backslashed).replace(/[^ -~]/gu, (character) => {
    const digits = hex(character).toUpperCase()
    if (digits.length > 4) return `\\U${digits.padStart(8, '0')}`
    return (
      YAML[character] ??
      (digits.length > 2 ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`)
    )
  })
}

/** `Properties.store` of Java. */
function propertyOf(text: string): string {
  return text
    .replace(/[\\=:#!]|^ /g, backslashed)
    .replace(/[\t\n\f\r]/g, ansiC)
    .replace(/[^ -~]/g, unicodeUpperCase)
}

function percent(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
}

function hex(character: string, digits = 0): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0')
}
