/** The files of the package of dashboards, as text, which the command's bundle includes. */
declare module '@agentgateway-otel/dashboards/agentgateway-otel.json' {
  const text: string
  export default text
}
declare module '@agentgateway-otel/dashboards/agentgateway-proxy.json' {
  const text: string
  export default text
}
declare module '@agentgateway-otel/dashboards/agentgateway-otel.rules.yaml' {
  const text: string
  export default text
}
