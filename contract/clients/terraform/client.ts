import path from 'node:path'
import { buildGoTool } from '../../../scripts/go-tool.js'
import { Workplace } from '../../../scripts/workplace.js'
import type { Client, ExpectedError, InstalledClient } from '../client.js'
import { GO_SDK_LOGIN_PAGE, goSdkErrorForSignIn, goSdkRetries } from '../go-tools/sdk.js'
import { openSession } from './session.js'

const SILENT_CASES = [
  // Its schema refuses them (`validScope` in its secrets package).
  'create: refused for a bad name',
  'create: refused for a name of 129 characters',
  'put: refused for a key of 129 characters',
  // It looks for the key in the letters that it has put.
  'put: also in different case',
  // It deletes what it has made or imported; what is not there cannot be imported.
  'delete a scope: refused when there is none',
  'delete a secret: refused when there is none',
  'deleteSecret: refused without a scope',
  'delete an ACL: refused when there is none',
  'deleteAcl: refused without a scope',
  'catalog: updateCatalogSecret refused when there is none',
  'catalog: deleteCatalogSecret refused when there is none',
  // Its resources for grants (catalog/permissions, 1.126.0) know no secrets.
  'catalog: grant a privilege on one secret',
]

/**
 * The Terraform provider, played by OpenTofu, which comes from the Go module proxy like the provider itself. Each operation
 * is a change of a configuration that is then applied; what the provider has written, it has to find again.
 *
 * The provider prints no error_code, but the workspace's message; its debug log has both.
 */
export const terraform: Client = {
  name: 'Terraform provider',
  install,
  cannotSay: {
    // It has data sources for Unity Catalog secrets alone, writes what it puts itself, and reads a value into its state alone.
    operations: [
      ...(['listScopes', 'listSecrets', 'listAcls', 'getAcl', 'getSecret', 'whoAmI'] as const),
      ...(['readCatalogSecret', 'getSchema', 'listGrants', 'deployBundle'] as const),
      // Its data sources give ids and names of most kinds.
      ...(['listConsumers', 'getConsumer', 'getWarehousesConfig'] as const),
      ...(['putBytes', 'putBoth', 'putNeither', 'putNotBase64', 'putNotJson'] as const),
    ],
    cases: SILENT_CASES,
  },
  /*
   * `nicerError` in the provider's common/resource.go puts `cannot create secret scope: ` and its like before the message;
   * the engine puts `Error: ` before that and wraps no line of it. There is no other text, whatever the status. Newer
   * resources (internal/providers/pluginfw) say `failed to create secret_uc`, and the engine wraps the message below it.
   */
  errorFor: ({ status, code, message }, operation): ExpectedError => ({
    status,
    ...(code === undefined ? {} : { code: String(code) }),
    text: message ?? (/CatalogSecrets?$/.test(operation.do) ? 'Error: failed to ' : 'Error: cannot '),
  }),
  errorForSignIn: goSdkErrorForSignIn,
  errorForLoginPage: GO_SDK_LOGIN_PAGE,
  retries: goSdkRetries,
}

async function install(folder: string): Promise<InstalledClient> {
  const provider = await buildGoTool(
    {
      name: 'terraform-provider-databricks',
      module: import.meta.dirname,
      main: 'github.com/databricks/terraform-provider-databricks',
      ldflags: () => '-s -w',
    },
    folder,
  )
  const engine = await buildGoTool(
    {
      name: 'opentofu',
      module: path.join(import.meta.dirname, 'engine'),
      main: 'github.com/opentofu/opentofu/cmd/tofu',
      ldflags: () => '-s -w -X github.com/opentofu/opentofu/version.dev=no',
    },
    folder,
  )
  const workplace = new Workplace('terraform')
  await check(workplace, provider.program, provider.version)
  await check(workplace, engine.program, `OpenTofu v${engine.version}`)
  const { program } = engine
  return {
    version: `${provider.version} (OpenTofu ${engine.version})`,
    open: (target) =>
      openSession({ program, providerFolder: path.dirname(provider.program), workplace }, target),
    close: () => workplace.close(),
  }
}

/** Throws when a program does not start, or is not of its pinned version. */
async function check(workplace: Workplace, program: string, line: string): Promise<void> {
  const { stdout, stderr } = await workplace.run(program, ['version'], { env: {} })
  if (stdout.split('\n')[0] !== line) throw new Error(`${program} is not ${line}, but: ${stdout}${stderr}`)
}
