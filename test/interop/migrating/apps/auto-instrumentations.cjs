// auto-instrumentations-node with exporter-prometheus, in the SDK for Node.js, set up before the app's modules are loaded.
const { getNodeAutoInstrumentations } = require('@opentelemetry/auto-instrumentations-node')
const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus')
const { NodeSDK } = require('@opentelemetry/sdk-node')

const port = Number(process.env.METRICS_PORT)
new NodeSDK({
  metricReaders: [new PrometheusExporter({ host: '127.0.0.1', port })],
  instrumentations: [getNodeAutoInstrumentations()],
}).start()

const express = require('express')
const { addRoutes, listen } = require('./shop.cjs')

listen(addRoutes(express()), port)
