/** This process's environment, less what would make a child differ from one that a user starts on a fresh machine. */
export const childEnv = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(NODE_OPTIONS|NODE_TEST_CONTEXT|OTEL_.*|OPENAI_.*|ANTHROPIC_.*)$/.test(name),
    ),
  )

/** The environment of the demo's app: free ports of the loopback interface, and its service's name. */
export const demoEnv = (gateway: string) => ({
  ...childEnv(),
  PORT: '0',
  OTEL_SERVICE_NAME: gateway,
  OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
})
