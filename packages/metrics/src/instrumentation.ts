import { createNoopMeter, type Meter, type MeterProvider } from '@opentelemetry/api'
import type { InstrumentsConfig } from './instruments.ts'

export interface InstrumentationConfig extends InstrumentsConfig {
  enabled?: boolean
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
