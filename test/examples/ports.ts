import { readFileSync } from 'node:fs'
import { readConfiguration } from '../../packages/agentgateway-otel/dist/configuration/read-configuration.js'

const app = readFileSync(new URL('../../examples/agent/app.js', import.meta.url), 'utf8')

/** Where the example's app listens when nothing else is said. */
export const APP_PORT = Number(/process\.env\.PORT \?\? (\d+)/.exec(app)?.[1])

/** Where the metrics are when nothing else is said. */
export const METRICS_PORT = readConfiguration({}).prometheus?.port
