import { createNoopMeter, type Meter, type MeterProvider } from '@opentelemetry/api'

export interface InstrumentationConfig {
  enabled?: boolean
}

/**
 * OpenTelemetry's `Instrumentation` interface (that of @opentelemetry/instrumentation, without its module hooks) for an
 * instrumentation that only makes metrics. Constructing one does nothing: `registerInstrumentations` or the app enables
 * it.
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

  /** Begins to observe and to record with this meter; returns what ends it. */
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

  /** Takes effect at once: what is being observed is begun anew. */
  setConfig(config: C): void {
    this.#config = config
    this.#restart()
  }

  /** `enabled` tells whether it is enabled now, so that `registerInstrumentations` enables it. */
  getConfig(): C {
    return { ...this.#config, enabled: this.#stop !== undefined }
  }

  /** Makes no spans. */
  setTracerProvider(): void {}

  #restart(): void {
    if (this.#stop === undefined) return
    this.disable()
    this.enable()
  }
}
