import { appendFileSync } from 'node:fs'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, substitutePreload } from '../../harness/app.ts'
import { type RouteCase, send } from '../http/route-cases.ts'

/** What another agent says of a request to an app of the tests. */
export interface ComparedRequest {
  readonly agent: string
  /** The app's name in the tests of routes. */
  readonly app: string
  /** The request: method and target. */
  readonly request: string
  /** The status that the request has to be counted with, and the route that the app declares for it; `unknown` if it declares none. */
  readonly expected: string
  /** The agent's route; undefined if it has none. */
  readonly found?: string
}

/** The agent to compare with, by its name in the tests of agents. It is undefined in the tests themselves. */
export const COMPARED_AGENT = process.env.COMPARED_AGENT
/** The file to which the compared requests are written. */
const FILE = process.env.COMPARED_FILE ?? ''

/** How long an agent that reports nothing more is waited for, in milliseconds. Some report no request of some frameworks. */
const MAX_DELAY_MS = 3000

/** Defines a test that starts an app with the agent, sends it the requests, and writes which routes the agent reports. */
export function compareRoutes(
  name: string,
  start: () => Promise<App>,
  agentName: string,
  cases: readonly RouteCase[],
): void {
  it(`compares the routes of ${name} with those of ${agentName}`, async () => {
    // The packages of agents are loaded only here.
    const { AGENTS } = await import('../coexistence/agents.ts')
    const agent = AGENTS[agentName]
    if (agent === undefined) throw new Error(`there is no agent ${agentName}`)
    const collector = await agent.start('compared')
    substitutePreload({ flags: agent.flags, env: { ...agent.env, ...collector.env } })
    let app: App | undefined
    try {
      app = await start()
      const traces: string[] = []
      for (const [i, [request, , json]] of cases.entries()) {
        const trace = (i + 1).toString(16).padStart(16, '0')
        traces.push(trace)
        await send(app, request, json, { traceparent: `00-${'0'.repeat(15)}1${trace}-00000000000000ff-01` })
      }
      await untilQuiet(() => collector.report().spans.length)
      const { spans } = collector.report()
      const compared = cases.map(([request, expected], i): ComparedRequest => {
        const found = spans.find((span) => span.isServer && span.trace === traces[i] && span.route !== undefined)?.route
        return { agent: agentName, app: name, request, expected, ...(found !== undefined && { found }) }
      })
      appendFileSync(FILE, compared.map((request) => `${JSON.stringify(request)}\n`).join(''))
    } finally {
      await app?.stop('SIGKILL')
      await collector.close()
    }
  })
}

/** Waits until a number has not changed for a while. */
async function untilQuiet(count: () => number): Promise<void> {
  for (let waited = 0, last = count(); waited < MAX_DELAY_MS; waited += 100) {
    await sleep(100)
    if (count() !== last) waited = 0
    last = count()
  }
}
