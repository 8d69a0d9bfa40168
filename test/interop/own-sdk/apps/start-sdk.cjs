// Starts an app's own OpenTelemetry SDK, with the modules that either module system has loaded. It serves its metrics on
// SDK_PORT, and sends them to COLLECTOR. COPY names another copy of agentgateway-otel to take the instrumentations from.
const { COLLECTOR, COPY, OPTIONS = '{}', SDK_PORT } = process.env

exports.startSdk = ({
  getInstrumentations,
  NodeSDK,
  PeriodicExportingMetricReader,
  PrometheusExporter,
  OTLPMetricExporter,
}) => {
  const instrumentations = (COPY ? require(COPY) : { getInstrumentations }).getInstrumentations(JSON.parse(OPTIONS))
  const exporter = new OTLPMetricExporter({ url: `${COLLECTOR}v1/metrics` })
  const sdk = new NodeSDK({
    serviceName: 'shop',
    metricReaders: [
      new PrometheusExporter({ host: '127.0.0.1', port: Number(SDK_PORT) }),
      new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 500, exportTimeoutMillis: 400 }),
    ],
    instrumentations: [instrumentations],
  })
  sdk.start()
}
