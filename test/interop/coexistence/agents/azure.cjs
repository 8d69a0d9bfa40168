// Azure Monitor's distribution, as its documentation says. The connection string is in the environment.
const { useAzureMonitor } = require('@azure/monitor-opentelemetry')

useAzureMonitor({ enableLiveMetrics: false })
