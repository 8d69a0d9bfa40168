import '@azure/monitor-opentelemetry/loader'

await import('./azure.cjs')
