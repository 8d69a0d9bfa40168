import { writeFileSync } from 'node:fs'
import { createDashboard } from './dashboard.ts'

writeFileSync(new URL('../agentgateway-otel.json', import.meta.url), `${JSON.stringify(createDashboard(), null, 2)}\n`)
