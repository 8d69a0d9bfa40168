import type { Attributes, BatchObservableCallback, Observable, ObservableCallback } from '@opentelemetry/api'
import { warn } from './diagnostics.ts'
import { admitMeasurement } from './measurement.ts'
import { ObservableInstrument, type ObservableStream } from './observables.ts'
import { type Observations, Observed } from './observations.ts'
import { withTimeout } from './timeout.ts'

interface Registration {
  /** The function of the app, by which it is found again. */
  readonly callback: unknown
  readonly instruments: ReadonlySet<ObservableInstrument>
  readonly batch: boolean
  call(report: Report): unknown
}

type Observe = (instrument: ObservableInstrument, value: number, attributes: Attributes | undefined) => void

interface Report {
  readonly observe: Observe
}

/** The callbacks of a meter's observable instruments. */
export class CallbackRegistry {
  #registrations: readonly Registration[] = []

  add(callback: ObservableCallback, instrument: ObservableInstrument): void {
    this.#register(callback, new Set([instrument]), false, ({ observe }) =>
      callback({ observe: (value, attributes) => observe(instrument, value, attributes) }),
    )
  }

  remove(callback: ObservableCallback, instrument: ObservableInstrument): void {
    this.#unregister(callback, new Set([instrument]), false)
  }

  addBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const instruments = observableInstruments(observables)
    if (instruments.size === 0) {
      warn('A batch callback without observable instruments is never called')
      return
    }
    this.#register(callback, instruments, true, ({ observe }) =>
      callback({
        observe: (metric, value, attributes) => {
          if (metric instanceof ObservableInstrument) observe(metric, value, attributes)
        },
      }),
    )
  }

  removeBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    this.#unregister(callback, observableInstruments(observables), true)
  }

  /**
   * Calls each callback once. What one observes that throws, or takes longer than the time allowed, does not count.
   *
   * @returns what they threw.
   */
  async observe(observations: Observations, timeoutMillis: number | undefined): Promise<unknown[]> {
    const calls = this.#registrations.map((registration) => observe(registration, observations, timeoutMillis))
    const results = await Promise.allSettled(calls)
    return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  }

  #register(
    callback: unknown,
    instruments: ReadonlySet<ObservableInstrument>,
    batch: boolean,
    call: Registration['call'],
  ) {
    if (this.#find(callback, instruments, batch) !== undefined) return
    this.#registrations = [...this.#registrations, { callback, instruments, batch, call }]
  }

  #unregister(callback: unknown, instruments: ReadonlySet<ObservableInstrument>, batch: boolean): void {
    const found = this.#find(callback, instruments, batch)
    this.#registrations = this.#registrations.filter((registration) => registration !== found)
  }

  #find(callback: unknown, instruments: ReadonlySet<ObservableInstrument>, batch: boolean): Registration | undefined {
    return this.#registrations.find(
      (it) =>
        it.callback === callback &&
        it.batch === batch &&
        it.instruments.size === instruments.size &&
        [...instruments].every((instrument) => it.instruments.has(instrument)),
    )
  }
}

async function observe(registration: Registration, observations: Observations, timeoutMillis: number | undefined) {
  const buffer = new Map<ObservableStream, Observed>()
  let open = true
  const report: Report = {
    observe: ({ stream }, value, attributes) => {
      const admitted = open ? admitMeasurement(value, stream) : undefined
      if (admitted === undefined) return
      const observed = buffer.get(stream) ?? new Observed()
      buffer.set(stream, observed)
      observed.observe(stream, admitted, attributes)
    },
  }
  try {
    await withTimeout(registration.call(report), timeoutMillis)
  } finally {
    open = false
  }
  for (const { stream } of registration.instruments) {
    const observed = buffer.get(stream)
    if (observed !== undefined) observations.add(stream, observed)
  }
}

function observableInstruments(observables: readonly Observable[]): ReadonlySet<ObservableInstrument> {
  return new Set(observables.filter((it) => it instanceof ObservableInstrument))
}
