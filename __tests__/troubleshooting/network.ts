import { createServer, type AddressInfo } from 'node:net'

import { cutShort, neverAnswer } from '../../emulator/faults.js'
import { apiError, html, loginPage, redirect, text } from '../../emulator/reply.js'
import { EmulatedWorkspace, type Interceptor } from '../../emulator/workspace.js'
import { HURRIED, syncTo } from '../e2e/sync-step.js'
import type { Step, StepResult } from '../runner/step.js'
import { against, inOneRun, type Scenario, type Scenarios } from './scenario.js'

const ELSEWHERE = { url: 'https://no-such-workspace.invalid' }

/** Answers every call that ends so in another way than the workspace does. */
function answered(
  answer: Interceptor,
  call = '',
  inputs: Record<string, string> = {},
  step: Step = {},
): Scenario {
  return async () =>
    await against(
      {},
      (workspace) => {
        workspace.intercept((request, perform) =>
          request.path.endsWith(call) ? answer(request, perform) : undefined,
        )
      },
      inputs,
      step,
    )
}

const BUSY = apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.')

/** A proxy that hangs up. */
async function throughBrokenProxy(): Promise<StepResult> {
  const proxy = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = proxy.address() as AddressInfo
    return await syncTo(ELSEWHERE, {}, { env: { https_proxy: `http://127.0.0.1:${port}` } })
  } finally {
    proxy.close()
  }
}

async function withoutTls(): Promise<StepResult> {
  const workspace = await EmulatedWorkspace.start()
  try {
    return await syncTo({ url: workspace.url.replace('http:', 'https:') })
  } finally {
    await workspace.close()
  }
}

async function cancelled(): Promise<StepResult> {
  const cancel = new AbortController()
  const secrets = 'a=fake-a\nb=fake-b\nc=fake-c'
  const stop: Interceptor = () => {
    cancel.abort()
    return neverAnswer
  }
  return await answered(stop, 'secrets/put', { secrets, concurrency: '1' }, { cancel: cancel.signal })()
}

/** Errors between the runner and the workspace. */
export const OF_THE_NETWORK: Scenarios = {
  'No connection to … could be made. Check the input host': async () => await syncTo(ELSEWHERE),
  'could be made through the proxy of this runner.': throughBrokenProxy,
  'No secure connection to … could be made: its certificate is not trusted here, or it does not speak TLS.':
    withoutTls,
  'answered with a redirect (…), which is not followed': answered(() => redirect('/login.html')),
  'The workspace is behind Private Link': answered(() =>
    redirect('/login.html?error=private-link-validation-error'),
  ),
  'answered with something that is not the Databricks REST API': answered(() => loginPage()),
  'There is no Secrets API at this address.': answered(() => html(404, '<h1>Not Found</h1>')),
  'but not in the format of Databricks: a proxy or a firewall may have answered.': answered(() =>
    text(403, 'Forbidden'),
  ),
  'did not answer in time.': answered(() => neverAnswer, 'scopes/list', {}, HURRIED),
  'The connection to … was lost before the response was complete.': answered(
    (_, perform) => cutShort(perform(), 1),
    'scopes/list',
  ),
  'The write may or may not have been applied': answered(
    (_, perform) => cutShort(perform(), 1),
    'secrets/put',
  ),
}

/** Errors of a workspace that is busy or down, and cancelled runs. */
export const OF_THE_MOMENT: Scenarios = {
  '… retried: …': async () => {
    let asked = 0
    return await answered(() => (asked++ === 0 ? BUSY : undefined), 'secrets/put', {
      'retry-timeout-seconds': '60',
    })()
  },
  ...inOneRun(
    answered(() => BUSY, 'secrets/put', {
      secrets: Array.from({ length: 100 }, (_, index) => `k${index}=fake-value-${index}`).join('\n'),
      'retry-timeout-seconds': '1',
    }),
    'This is temporary: run the job again in a few minutes.',
    'It was tried … times in … s.',
    'Not sent, because no request succeeded any more.',
  ),
  ...inOneRun(
    cancelled,
    'Cancelled: requests in progress have two seconds to end, and no others are sent.',
    'Not sent: the job was cancelled.',
  ),
}
