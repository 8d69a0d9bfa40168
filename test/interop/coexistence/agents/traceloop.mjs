// For ES modules the documentation says to hand over the module.
import { initialize } from '@traceloop/node-server-sdk'
import { OpenAI } from 'openai'

initialize({
  appName: process.env.OTEL_SERVICE_NAME,
  apiKey: 'none',
  disableBatch: true,
  silenceInitializationMessage: true,
  traceloopSyncEnabled: false,
  instrumentModules: { openAI: OpenAI },
})
