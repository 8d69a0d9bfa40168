const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-proto')
const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus')
const { PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics')
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { getInstrumentations } = require('agentgateway-otel')
const { startSdk } = require('../apps/start-sdk.cjs')

startSdk({ getInstrumentations, NodeSDK, PeriodicExportingMetricReader, PrometheusExporter, OTLPMetricExporter })
