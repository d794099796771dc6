/** One way to write a map into a file. */
export interface MapFile {
  readonly name: string
  readonly write: (values: Values) => string | Buffer
  /** Default: `secrets.json`. */
  readonly file?: string
  readonly inputs?: (values: Values) => Record<string, string>
  /** Undefined where it depends on the values. */
  readonly exitCode?: number
  /** True where nothing can read all values, so that they cannot be masked. */
  readonly unmasked?: boolean
}

/** What is hidden in a file. */
export interface Values {
  /** Like names. */
  readonly names: readonly [string, string, string, string]
  /** All of them, those first. */
  readonly all: readonly string[]
}

/** `{"K0": …}` of all values. */
function jsonOf({ all }: Values, indent?: number): string {
  return JSON.stringify(
    Object.fromEntries(all.map((value, index) => [`K${index}`, value])),
    undefined,
    indent,
  )
}

function dotenvOf({ all }: Values, quote: string): string {
  return all.map((value, index) => `K${index}=${quote}${value}${quote}`).join('\n')
}

/** The text of an object, with its repeated names. */
function members(...pairs: readonly (readonly [name: string, value: unknown])[]): string {
  return `{${pairs.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n')}}`
}

/** Every way, each with its exit code. */
export const MAP_FILES: readonly MapFile[] = [
  { name: 'JSON', exitCode: 0, write: jsonOf },
  { name: 'JSON that is cut', exitCode: 1, unmasked: true, write: (values) => jsonOf(values).slice(0, -3) },
  {
    name: 'JSON with something behind it',
    exitCode: 1,
    unmasked: true,
    write: (values) => `${jsonOf(values, 2)}\n${values.all.join('\n')}`,
  },
  {
    name: 'JSON with a comment',
    exitCode: 1,
    unmasked: true,
    write: (values) => jsonOf(values).replace('{', `{ // ${values.names.join()}\n`),
  },
  {
    name: 'JSON of unchanged values',
    unmasked: true,
    write: ({ all }) => `{${all.map((value, index) => `"K${index}": "${value}"`).join()}}`,
  },
  { name: 'JSON without quotes', exitCode: 1, unmasked: true, write: ({ all }) => `{${all.join(': ')}}` },
  { name: 'a list', exitCode: 1, write: ({ all }) => JSON.stringify(all) },
  { name: 'JSON in JSON', exitCode: 1, write: ({ names }) => JSON.stringify(jsonOf({ names, all: names })) },
  {
    name: 'a map of Vault',
    exitCode: 1,
    write: (values) => `{"data": {"data": ${jsonOf(values)}}, "lease": 1}`,
  },
  { name: 'no map', exitCode: 1, unmasked: true, write: ({ all }) => all.join('\n') },
  {
    name: 'names that are the values of others',
    exitCode: 1,
    write: ({ names: [one, two, three, four], all }) =>
      members([one, two], [`x-${two}`, three], ['C', one], [`${three}_`, four], [four, all[5]], ['F', four]),
  },
  {
    name: 'names with values in them, and no value of their own',
    exitCode: 1,
    write: ({ names: [one, two, three, four] }) =>
      members(
        [one, null],
        [`x${two}`, 5],
        [`${three}.x`, ''],
        [four, '='],
        [`${four}-`, ['x']],
        ['A', one],
        [`B`, two],
        ['C', three],
        ['D', four],
      ),
  },
  {
    name: 'names with values in them, more than once',
    exitCode: 1,
    write: ({ names: [one, two, three, four] }) =>
      members(
        [one, 'fake-one'],
        [one, two],
        [`A${two}`, three],
        [`A${two}`, four],
        ['B', one],
        ['b', three],
        [' ', four],
      ),
  },
  {
    name: 'names that contain values in another case',
    exitCode: 1,
    inputs: () => ({ 'key-case': 'lower', 'key-prefix': 'app-', 'key-strip-prefix': 'X_' }),
    write: ({ names: [one, two, three] }) =>
      members(
        [`X_${one}`, 'fake-other'],
        ['X_A', one],
        [two.toUpperCase(), 'fake-more'],
        ['X_B', two.toLowerCase()],
        ['X_C', three],
        [`C${three}`, 'fake-most'],
      ),
  },
  {
    name: 'members that are left out by patterns',
    exitCode: 0,
    inputs: () => ({ exclude: 'X_*\nno-name*' }),
    write: ({ names: [one, two, three, four], all }) =>
      members(
        [`X_${one}`, null],
        [`X_${two}`, 7],
        [`no-name ${three}`, four],
        ['X_A', one],
        ['X_B', two],
        ['X_C', three],
        ['X_D', all.slice(4)],
        ['K', 'fake-kept'],
      ),
  },
  {
    name: 'patterns that are values',
    exitCode: 1,
    inputs: ({ names }) => ({
      include: names.join('\n'),
      exclude: names.map((name) => `*${name}[`).join('\n'),
    }),
    write: jsonOf,
  },
  {
    name: 'rules for keys that are values',
    exitCode: 1,
    inputs: ({ names: [one, two, three] }) => ({
      'key-prefix': one,
      'key-strip-prefix': two,
      'key-case': three,
    }),
    write: jsonOf,
  },
  {
    name: 'UTF-16',
    exitCode: 1,
    unmasked: true,
    write: (values) => Buffer.from(`\ufeff${jsonOf(values)}`, 'utf16le'),
  },
  {
    name: 'bytes that are no text',
    exitCode: 1,
    unmasked: true,
    write: (values) => Buffer.concat([Buffer.from(jsonOf(values)), Buffer.from([0xff])]),
  },
  {
    name: 'what sops has encrypted',
    exitCode: 1,
    write: ({ names: [one, two] }) =>
      members([two, `ENC[AES256_GCM,data:${one},iv:x,tag:y,type:str]`], ['A', one], ['B', two]),
  },
  {
    name: 'a dotenv file',
    exitCode: 0,
    file: '.env',
    write: ({ names }) => dotenvOf({ names, all: names }, "'"),
  },
  {
    name: 'a dotenv file without quotes',
    file: 'a.env',
    unmasked: true,
    write: (values) => dotenvOf(values, ''),
  },
  { name: 'a dotenv file in quotes', file: '.env', unmasked: true, write: (values) => dotenvOf(values, '"') },
  {
    name: 'a dotenv file whose quotes do not end',
    file: '.env.x',
    exitCode: 1,
    // One of them looks like a name.
    unmasked: true,
    write: ({ names: [one, two, three, four] }) =>
      `A='${one}\nB="${two}\n${three}=${four}\n'${four}' ${three}`,
  },
  {
    name: 'a dotenv file of other lines',
    file: '.env',
    exitCode: 1,
    unmasked: true,
    write: ({ names: [one, two, three, four], all }) =>
      `${one}\r\n${two}: ${three}\nexport ${three} =${four}\n${four}=\n${one}==\nA="$${two}\\x"\rB\n${all.join('\n')}\n-----BEGIN`,
  },
  {
    name: 'a dotenv file that repeats names',
    file: '.env',
    exitCode: 1,
    write: ({ names: [one, two, three, four] }) =>
      `${one}=${two}\n${one}=${three}\nA='${one}'\n${four}x=''\nB=${four}`,
  },
  {
    name: 'a path that is a value',
    exitCode: 1,
    unmasked: true,
    inputs: ({ names: [one] }) => ({ 'secrets-file': `${one}.json` }),
    write: jsonOf,
  },
  {
    name: 'a path that leads elsewhere, with a value in it',
    exitCode: 1,
    unmasked: true,
    inputs: ({ names: [one] }) => ({ 'secrets-file': `../${one}/../../proc/self/environ.json` }),
    write: jsonOf,
  },
]
