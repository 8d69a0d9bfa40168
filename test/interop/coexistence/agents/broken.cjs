// A global of OpenTelemetry's API whose parts fail, each request's in another way.
const fail = () => {
  throw new Error('a tracer that fails')
}
const spans = [
  { spanContext: fail },
  { spanContext: () => null },
  { spanContext: () => ({ traceId: 'x"} 1', spanId: Symbol('id'), traceFlags: 1n }) },
  { spanContext: () => new Proxy({}, { get: fail }) },
  Object.create(null),
  7,
]
const contexts = [
  null,
  7,
  {},
  { getValue: fail },
  { getValue: () => new Proxy({}, { get: fail, getPrototypeOf: fail, has: fail }) },
  ...spans.flatMap((span) => [{ getValue: () => span }, { getValue: () => ({ span }) }]),
]
const managers = [{ active: fail }, null, 7, ...contexts.map((context) => ({ active: () => context }))]
let reads = 0
globalThis[Symbol.for('opentelemetry.js.api.1')] = {
  version: '1.9.1',
  get context() {
    const next = reads++ % (managers.length + 1)
    return next === managers.length ? fail() : managers[next]
  },
}
