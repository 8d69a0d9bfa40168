import { writeFileSync } from 'node:fs'
import { createDashboard } from './dashboard/dashboard.ts'
import { createProxyDashboard } from './dashboard/proxy-dashboard.ts'
import { createRules } from './rules/rules.ts'

const write = (name: string, text: string) => writeFileSync(new URL(`../${name}`, import.meta.url), text)

write('agentgateway-otel.json', `${JSON.stringify(createDashboard(), null, 2)}\n`)
write('agentgateway-proxy.json', `${JSON.stringify(createProxyDashboard(), null, 2)}\n`)
write('agentgateway-otel.rules.yaml', createRules())
