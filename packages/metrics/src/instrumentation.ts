import { createNoopMeter, type Meter, type MeterProvider } from '@opentelemetry/api'
import type { Buckets } from './buckets.ts'
import type { MetricSelector } from './selection.ts'

export interface InstrumentationConfig {
  enabled?: boolean
  /**
   * Names of metrics and groups to make besides the default metrics, or with `-` before them, not to make. Those that
   * are another instrumentation's have no effect. Default: the default metrics.
   *
   * @example ['mcp', '-agentgateway_request_size_bytes']
   */
  metrics?: readonly MetricSelector[]
  /**
   * Upper bounds of the buckets of histograms, by the metric's name, in the metric's unit, ascending and without +Inf.
   * Those that are another instrumentation's have no effect. Default: the table's.
   *
   * @example { agentgateway_request_duration_seconds: [0.1, 0.5, 1] }
   */
  buckets?: Buckets
}

/**
 * OpenTelemetry's `Instrumentation` interface, as @opentelemetry/instrumentation defines it but without module hooks,
 * for an instrumentation that only makes metrics. The constructor starts nothing: `registerInstrumentations` or the app
 * calls `enable`.
 */
export abstract class MetricsInstrumentation<C extends InstrumentationConfig = InstrumentationConfig> {
  readonly instrumentationName: string
  readonly instrumentationVersion: string
  #config: C
  #meter: Meter = createNoopMeter()
  #stop: (() => void) | undefined

  constructor(name: string, version: string, config: C) {
    this.instrumentationName = name
    this.instrumentationVersion = version
    this.#config = config
  }

  /** Starts to observe and to record with this meter. Returns a function that stops it. */
  protected abstract start(meter: Meter, config: C): () => void

  enable(): void {
    this.#stop ??= this.start(this.#meter, this.#config)
  }

  disable(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  setMeterProvider(provider: MeterProvider): void {
    this.#meter = provider.getMeter(this.instrumentationName, this.instrumentationVersion)
    this.#restart()
  }

  /** Sets the configuration. An instrumentation that is enabled restarts with it at once. */
  setConfig(config: C): void {
    this.#config = config
    this.#restart()
  }

  /**
   * Returns the configuration. `enabled` is whether it is enabled now: `registerInstrumentations` enables it when it is
   * not.
   */
  getConfig(): C {
    return { ...this.#config, enabled: this.#stop !== undefined }
  }

  /** Does nothing: an instrumentation of this kind makes no spans. */
  setTracerProvider(): void {}

  #restart(): void {
    if (this.#stop === undefined) return
    this.disable()
    this.enable()
  }
}
