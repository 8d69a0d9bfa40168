import {
  type Attributes,
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MeterProvider,
  type MetricOptions,
  type ObservableCallback,
  type ObservableUpDownCounter,
} from '@opentelemetry/api'
import { warnApp } from './app-diagnostics.ts'
import { serviceNameOf } from './service-name.ts'

const REMEDY = 'use version 2.x or 3.x of the SDK'

/**
 * Returns a MeterProvider that records with the app's, and adds the attribute `gateway` to every measurement.
 *
 * The preload adds that label when it writes metrics out, but the app's exporters do not: they leave it in the resource,
 * which Prometheus and many receivers of OTLP do not make a label of. A provider that lacks what is needed is reported
 * to the app's logger, and nothing is recorded.
 *
 * @param gateway default: the service's name in the provider's resource
 */
export function withGateway(provider: MeterProvider, gateway?: string): MeterProvider {
  const label = createGatewayLabel(provider, gateway)
  return {
    getMeter(...parameters) {
      const meter = provider?.getMeter?.(...parameters) as Partial<Meter> | undefined
      if (isComplete(meter)) return createGatewayMeter(meter, label)
      warnApp(`no metrics are recorded, because this OpenTelemetry SDK lacks instruments that they need; ${REMEDY}`)
      return createNoopMeter()
    },
  }
}

const isComplete = (meter: Partial<Meter> | undefined): meter is Meter =>
  ['createCounter', 'createHistogram', 'createObservableUpDownCounter'].every(
    (name) => typeof meter?.[name as keyof Meter] === 'function',
  )

/** Returns the attributes with the label `gateway`. */
type GatewayLabel = (attributes: Attributes | undefined) => Attributes

/**
 * Creates the function that adds the label. The attributes of a series are one interned object, so each of them is
 * extended once. The service's name is read at the first measurement, when the SDK is complete.
 */
function createGatewayLabel(provider: MeterProvider, gateway: string | undefined): GatewayLabel {
  const extended = new WeakMap<Attributes, Attributes>()
  let name = gateway
  return (attributes = {}) => {
    const known = extended.get(attributes)
    if (known !== undefined) return known
    name ??= serviceNameOf(provider)
    const withGateway = { ...attributes, gateway: name }
    extended.set(attributes, withGateway)
    return withGateway
  }
}

/** The kinds of instruments of the table of metrics. Those of other kinds do nothing. */
function createGatewayMeter(meter: Meter, label: GatewayLabel): Meter {
  const noopMeter = createNoopMeter()
  // The API has one such meter for everybody, so it is inherited from, and not changed.
  return Object.assign(Object.create(noopMeter) as Meter, {
    createCounter(name: string, options?: MetricOptions): Counter {
      const counter = meter.createCounter(name, options)
      return { add: (value, attributes, context) => counter.add(value, label(attributes), context) }
    },
    createHistogram(name: string, options?: MetricOptions): Histogram {
      const histogram = meter.createHistogram(name, options)
      if (ignoresAdvice(histogram)) return noopMeter.createHistogram(name)
      return { record: (value, attributes, context) => histogram.record(value, label(attributes), context) }
    },
    createObservableUpDownCounter(name: string, options?: MetricOptions): ObservableUpDownCounter {
      const observable = meter.createObservableUpDownCounter(name, options)
      const labelled = new Map<ObservableCallback, ObservableCallback>()
      return {
        addCallback(callback) {
          const observe: ObservableCallback = (result) =>
            callback({ observe: (value, attributes) => result.observe(value, label(attributes)) })
          labelled.set(callback, observe)
          observable.addCallback(observe)
        },
        removeCallback(callback) {
          observable.removeCallback(labelled.get(callback) ?? callback)
          labelled.delete(callback)
        },
      }
    },
  })
}

/**
 * Returns whether the histogram is one of an SDK that takes no advice, and warns of that. Its buckets would be the SDK's
 * own, which are for milliseconds.
 */
function ignoresAdvice(histogram: Histogram): boolean {
  const { _descriptor } = histogram as { readonly _descriptor?: object }
  if (_descriptor === undefined || 'advice' in _descriptor) return false
  warnApp(`histograms are not recorded, because this OpenTelemetry SDK gives them other buckets; ${REMEDY}`)
  return true
}
