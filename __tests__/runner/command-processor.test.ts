import { describe, expect, test } from '@jest/globals'
import { CommandProcessor } from './command-processor.js'
import { JobLog } from './job-log.js'
import { renderLog } from './rendering.js'
import { SecretMasker } from './secret-masker.js'

function process(lines: string[], debug = false) {
  const masker = new SecretMasker()
  const log = new JobLog(masker, debug)
  const commands = new CommandProcessor(log, masker, debug)
  log.output('##[group]Run it')
  log.output('##[endgroup]')
  for (const line of lines) commands.take(line)
  const shown = renderLog(log.written).slice(1)
  return { commands, log, shown: shown.map(({ text }) => text), kinds: shown.map(({ kind }) => kind) }
}

describe('add-mask', () => {
  test('masks what comes after it, not what came before, and is not shown itself', () => {
    const { shown, commands } = process(['s3cret', '::add-mask::s3cret', 'a s3cret'])
    expect(shown).toEqual(['s3cret', 'a ***'])
    expect(commands.masks).toEqual(['s3cret'])
  })

  test('a blank one gives the warning that a person would see', () => {
    const { shown, commands } = process(['::add-mask:: %0A'])
    expect(shown).toEqual(["Warning: Can't add secret mask for empty string in ##[add-mask] command."])
    expect(commands.masks).toEqual([])
  })

  test('masks are reported as received, line breaks and blanks included', () => {
    expect(process(['::add-mask::%0A a%0Ab ']).commands.masks).toEqual(['\n a\nb '])
  })

  test('a mask of one letter takes tags apart, as in a real log', () => {
    expect(process(['::add-mask::w', '::warning::low']).shown).toEqual(['##[***arning]lo***'])
  })

  test('in debug mode the echo does not show the value', () => {
    expect(process(['::add-mask::s3cret'], true).shown).toEqual(['::add-mask::***'])
  })
})

describe('messages', () => {
  test('show with their level, over several lines, indented in a group', () => {
    const { shown, kinds } = process(['::group::G', '::error::a%0Ab', 'text', '::endgroup::', '::notice::n'])
    expect(shown).toEqual(['▼ G', '  Error: a', 'b', '  text', 'Notice: n'])
    expect(kinds).toEqual(['group', 'error', 'error', 'text', 'notice'])
  })

  test('the message of an annotation is masked, its title and file are not', () => {
    const { log } = process(['::add-mask::s3cret', '::error title=s3cret,file=s3cret,line=7::s3cret'])
    expect(log.annotations).toEqual([
      { level: 'error', message: '***', title: 's3cret', file: 's3cret', line: 7, shown: true },
    ])
  })

  test('only ten annotations of a level are shown on the page; the log has all', () => {
    const { log, shown } = process([...Array<string>(11).fill('::error::e'), '::warning::w'])
    expect(log.annotations.map((annotation) => annotation.shown)).toEqual([
      ...Array<boolean>(10).fill(true),
      false,
      true,
    ])
    expect(shown).toHaveLength(12)
  })

  test('a message is cut at 4,096 characters', () => {
    expect(process([`::error::${'x'.repeat(5000)}`]).log.annotations[0]?.message).toHaveLength(4096)
  })

  test('debug messages show in debug mode alone', () => {
    expect(process(['::debug::a%0Ab']).shown).toEqual([])
    expect(process(['::debug::a%0Ab'], true).shown).toEqual(['##[debug]a', '##[debug]b'])
  })

  test('unknown commands and empty lines are text', () => {
    expect(process(['::nothing::x', '', '##[section]y']).shown).toEqual(['::nothing::x', '', '##[section]y'])
  })
})

describe('stop-commands', () => {
  test('until its token comes, commands are text: an untrusted line cannot give orders', () => {
    const { commands, shown } = process([
      '::stop-commands::tok',
      '::add-mask::a1',
      '::TOK::',
      '::add-mask::b2',
      'a1 b2',
    ])
    expect(commands.masks).toEqual(['b2'])
    expect(shown).toEqual(['::stop-commands::tok', '::add-mask::a1', '::TOK::', 'a1 ***'])
  })

  test('a token that is a command itself is refused', () => {
    const { commands } = process(['::stop-commands::add-mask', '::add-mask::a1'])
    expect(commands).toMatchObject({ failed: true, masks: ['a1'] })
  })
})

describe('old commands', () => {
  test('set-output still works, with a warning', () => {
    const { commands, shown } = process(['::set-output name=a::b'])
    expect(commands).toMatchObject({ outputs: { a: 'b' }, failed: false })
    expect(shown[0]).toMatch(/^Warning: The `set-output` command is deprecated/)
  })

  test('set-env is refused, and the step fails even though its process does not', () => {
    const { commands, shown } = process(['::set-env name=a::b'])
    expect(commands.failed).toBe(true)
    expect(shown[0]).toBe("Error: Unable to process command '::set-env name=a::b' successfully.")
  })

  test('echo shows the commands that follow it', () => {
    expect(process(['::echo::on', '::group::g']).shown).toEqual(['::group::g', '▼ g'])
    expect(process(['::echo::maybe']).commands.failed).toBe(true)
  })
})
