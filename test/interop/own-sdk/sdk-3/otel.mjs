import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { getInstrumentations } from 'agentgateway-otel'
import { startSdk } from '../apps/start-sdk.cjs'

startSdk({ getInstrumentations, NodeSDK, PeriodicExportingMetricReader, PrometheusExporter, OTLPMetricExporter })
