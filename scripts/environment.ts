/** Settings of the services, the runner and the action. A started program must get its own, or none. */
const SERVICE_SETTINGS = /^(DATABRICKS|ARM|AZURE|GITHUB|ACTIONS|INPUT|RUNNER)_/i

/** What a client may know of this machine: how to find other programs, and which certificates to trust. */
const KEPT = ['PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']

/** Our own environment, for its proxies and mirrors, but without settings for Databricks, Azure, a runner or an action. */
export function neutralEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !SERVICE_SETTINGS.test(name)))
}

/**
 * An environment with only the paths of programs and certificates, so also without a proxy.
 *
 * @param home the folder for all that a program keeps, for later or for a while
 */
export function isolatedEnv(home: string, settings: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.includes(name)))
  return { ...kept, HOME: home, TMPDIR: home, ...settings }
}
