import { describe, expect, test } from '@jest/globals'

import { findCodeReferences } from '../../src/consumers/code-references.js'

const find = (code: string): string[] => findCodeReferences(code).map(({ scope, key }) => `${scope}/${key}`)

// A call that is not found lets prune delete a key that somebody needs.
describe('a call with literals is found', () => {
  test.each([
    'dbutils.secrets.get("s", "k")',
    "dbutils.secrets.get('s', 'k')",
    `dbutils.secrets.get('s', "k")`,
    'dbutils.secrets.get("s","k")',
    'dbutils.secrets.get( "s" , "k" )',
    'dbutils.secrets.get(scope="s", key="k")',
    'dbutils.secrets.get(key="k", scope="s")',
    'dbutils.secrets.get(scope = "s", key = "k")',
    'dbutils.secrets.get("s", key="k")',
    'dbutils.secrets.get(\n  scope="s",\n  key="k",\n)',
    'dbutils.secrets.get(\r\n\t"s",\r\n\t"k"\r\n)',
    'dbutils.secrets.get("s", # the scope\n "k") # the key',
    'dbutils.secrets.get(/* scope */ "s", // scope\n "k")',
    'dbutils.secrets.get("s", \\\n "k")',
    'dbutils.secrets.getBytes("s", "k")',
    'dbutils.secrets.getBytes(key = "k", scope = "s")',
    'dbutils.secrets.get("""s""", """k""")',
    "dbutils.secrets.get('''s''', '''k''')",
    `dbutils.secrets.get(r"s", u'k')`,
    'dbutils.secrets.get(f"s", f"k")',
    'dbutils.secrets.get(s"s", s"k")',
    'dbutils . secrets . get ("s", "k")',
    'dbutils\n  .secrets\n  .get("s", "k")',
    'w.dbutils.secrets.get("s", "k")',
    'DBUtils(spark).secrets.get("s", "k")',
    'w.secrets.get_secret(scope="s", key="k")',
    'x=dbutils.secrets.get("s","k")+dbutils',
    '"dbutils.secrets.get(scope=\\"s\\", key=\\"k\\")"',
    `'dbutils.secrets.get(\\'s\\', \\'k\\')'`,
    '"dbutils.secrets.get(\\n  scope=\\"s\\",\\n  key=\\"k\\")\\n"',
    '# MAGIC dbutils.secrets.get(\n# MAGIC   "s",\n# MAGIC   "k")',
    '// MAGIC dbutils.secrets.get(\n// MAGIC   "s",\n// MAGIC   "k")',
    `-- MAGIC dbutils.secrets.get(\n-- MAGIC   's',\n-- MAGIC   'k')`,
    "secret('s', 'k')",
    `SELECT SECRET("s", "k")`,
    "try_secret('s','k')",
    "SELECT\n secret (\n 's', -- the scope\n 'k'\n)",
    "secret(scope => 's', key => 'k')",
    "secret(key => 'k', scope => 's')",
    `spark.sql("SELECT secret('s', 'k')")`,
    "(secret('s','k'))",
  ])('%j', (code) => {
    expect(find(code)).toEqual(['s/k'])
  })

  test('several times in a text, with names of all characters', () => {
    const code = `secret('a.b-c_d@e/f', 'K.1') || dbutils.secrets.get("team/prod", "dir/key") || secret('s', 'k')`
    expect(find(code)).toEqual(['a.b-c_d@e/f/K.1', 'team/prod/dir/key', 's/k'])
  })
})

describe('anything else is not found', () => {
  test.each([
    'dbutils.secrets.get(catalog="c", schema="s", key="k")',
    'dbutils.secrets.get(key="k", schema="s", catalog="c")',
    'dbutils.secrets.get(schema="s", key="k")',
    'dbutils.secrets.get("c", "s", "k")',
    'dbutils.secrets.get(scope="s", key=name)',
    'dbutils.secrets.get(scope, "k")',
    'dbutils.secrets.get("s")',
    'dbutils.secrets.get()',
    'dbutils.secrets.get("s", "k"',
    'dbutils.secrets.get("s" "k")',
    'dbutils.secrets.get("s" + x, "k")',
    'dbutils.secrets.get("s", "k" + x)',
    'dbutils.secrets.get(f"{env}-s", "k")',
    'dbutils.secrets.get("s", s"$k")',
    'dbutils.secrets.get(scope="s", scope="k")',
    'dbutils.secrets.get("s", scope="k")',
    'dbutils.secrets.get("", "k")',
    'dbutils.secrets.get("s\n", "k")',
    'dbutils.secrets.list("s")',
    'dbutils.secrets.getOrElse("s", "k")',
    'dbutils.secrets.put("s", "k")',
    'my_secrets.get("s", "k")',
    'dbutils.secrets["s", "k"]',
    "my_secret('s', 'k')",
    "vault.secret('s', 'k')",
    "secrets('s', 'k')",
    "list_secrets('s', 'k')",
    "secret('s')",
    "secret('s', 'k', 'x')",
    'secret(`s`, `k`)',
    "secretary('s', 'k')",
    `dbutils.secrets.get("${'s'.repeat(129)}", "k")`,
    `dbutils.secrets.get(${' '.repeat(3_000)}"s", "k")`,
    'secret',
    '',
  ])('%j', (code) => {
    expect(find(code)).toEqual([])
  })
})
