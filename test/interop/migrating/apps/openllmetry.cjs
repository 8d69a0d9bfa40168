// Traceloop's OpenLLMetry as its documentation sets it up, with what it measures read by exporter-prometheus.
const { metrics } = require('@opentelemetry/api')
const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus')
const { MeterProvider } = require('@opentelemetry/sdk-metrics')
const traceloop = require('@traceloop/node-server-sdk')

const port = Number(process.env.METRICS_PORT)
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new PrometheusExporter({ host: '127.0.0.1', port })] }))
traceloop.initialize({
  appName: 'shop',
  apiKey: 'none',
  baseUrl: 'http://127.0.0.1:9',
  disableBatch: true,
  silenceInitializationMessage: true,
  traceloopSyncEnabled: false,
})

const express = require('express')
const { addRoutes, listen } = require('./shop.cjs')

listen(addRoutes(express()), port)
