import path from 'node:path'
import type { Client, ExpectedReport, InstalledClient } from '../client.js'
import { run } from '../process.js'
import { goSdkRetries } from '../go/sdk.js'
import { buildGoTool } from '../go/tool.js'
import { openSession } from './session.js'

/**
 * The Terraform provider, played by OpenTofu, which comes from the Go module proxy like the provider itself. Each operation
 * is a change of a configuration that is then applied; what the provider has written, it has to find again.
 *
 * The provider prints no error_code, but the workspace's message; its debug log has both.
 */
export const terraform: Client = {
  name: 'Terraform provider',
  install,
  /*
   * `nicerError` in the provider's common/resource.go puts `cannot create secret scope: ` and its like before the message;
   * the engine puts `Error: ` before that and wraps no line of it. There is no other text, whatever the status.
   */
  reports: ({ status, code, message }): ExpectedReport => ({
    status,
    ...(code === undefined ? {} : { code: String(code) }),
    text: message ?? 'Error: cannot ',
  }),
  retries: goSdkRetries,
}

async function install(folder: string): Promise<InstalledClient> {
  const provider = await buildGoTool(
    {
      module: import.meta.dirname,
      main: 'github.com/databricks/terraform-provider-databricks',
      ldflags: () => '-s -w',
    },
    folder,
  )
  const engine = await buildGoTool(
    {
      module: path.join(import.meta.dirname, 'engine'),
      main: 'github.com/opentofu/opentofu/cmd/tofu',
      ldflags: () => '-s -w -X github.com/opentofu/opentofu/version.dev=no',
    },
    folder,
  )
  await check(provider.program, provider.version)
  await check(engine.program, `OpenTofu v${engine.version}`)
  const { program } = engine
  return {
    version: `${provider.version} (OpenTofu ${engine.version})`,
    open: (target) => openSession({ program, providerFolder: path.dirname(provider.program) }, target),
    close: () => Promise.resolve(),
  }
}

/** Throws when a program does not start, or is not of its pinned version. */
async function check(program: string, line: string): Promise<void> {
  const { stdout, stderr } = await run(program, ['version'], { env: {} })
  if (stdout.split('\n')[0] !== line) throw new Error(`${program} is not ${line}, but: ${stdout}${stderr}`)
}
