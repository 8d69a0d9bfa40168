import type { Attributes, BatchObservableCallback, Observable, ObservableCallback } from '@opentelemetry/api'
import { type Observations, ObservedValues } from './collection.ts'
import { warn } from './diagnostics.ts'
import { admitMeasurement } from './measurement.ts'
import { ObservableInstrument, type ObservableStream } from './observables.ts'
import { withTimeout } from './timeout.ts'

type Observe = (instrument: ObservableInstrument, value: number, attributes: Attributes | undefined) => void

interface Registration {
  /** The app's function. `remove` finds the registration by it. */
  readonly callback: unknown
  readonly instruments: ReadonlySet<ObservableInstrument>
  readonly isBatch: boolean
  /** Calls the app's function with a result object that passes what it observes on. */
  call(observe: Observe): unknown
}

/** The callbacks of a meter's observable instruments. */
export class CallbackRegistry {
  #registrations: readonly Registration[] = []

  add(callback: ObservableCallback, instrument: ObservableInstrument): void {
    this.#register(callback, new Set([instrument]), false, (observe) =>
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
    this.#register(callback, instruments, true, (observe) =>
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
   * Calls each callback once, and adds what it observed to the observations. What a callback observes that throws, or
   * takes longer than the time allowed, is left out.
   *
   * @returns what they threw
   */
  async observe(observations: Observations, timeoutMillis: number | undefined): Promise<unknown[]> {
    const calls = this.#registrations.map((registration) => observe(registration, observations, timeoutMillis))
    const results = await Promise.allSettled(calls)
    return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  }

  #register(
    callback: unknown,
    instruments: ReadonlySet<ObservableInstrument>,
    isBatch: boolean,
    call: Registration['call'],
  ) {
    if (this.#find(callback, instruments, isBatch) !== undefined) return
    this.#registrations = [...this.#registrations, { callback, instruments, isBatch, call }]
  }

  #unregister(callback: unknown, instruments: ReadonlySet<ObservableInstrument>, isBatch: boolean): void {
    const removed = this.#find(callback, instruments, isBatch)
    this.#registrations = this.#registrations.filter((registration) => registration !== removed)
  }

  #find(callback: unknown, instruments: ReadonlySet<ObservableInstrument>, isBatch: boolean): Registration | undefined {
    return this.#registrations.find(
      (registration) =>
        registration.callback === callback &&
        registration.isBatch === isBatch &&
        registration.instruments.size === instruments.size &&
        [...instruments].every((instrument) => registration.instruments.has(instrument)),
    )
  }
}

async function observe(registration: Registration, observations: Observations, timeoutMillis: number | undefined) {
  const valuesByStream = new Map<ObservableStream, ObservedValues>()
  let isOpen = true
  const observeOne: Observe = ({ stream }, value, attributes) => {
    const admitted = isOpen ? admitMeasurement(value, stream) : undefined
    if (admitted === undefined) return
    const values = valuesByStream.get(stream) ?? new ObservedValues()
    valuesByStream.set(stream, values)
    values.observe(stream.series, admitted, attributes)
  }
  try {
    await withTimeout(registration.call(observeOne), timeoutMillis)
  } finally {
    isOpen = false
  }
  for (const { stream } of registration.instruments) {
    const values = valuesByStream.get(stream)
    if (values !== undefined) observations.add(stream.series, values)
  }
}

function observableInstruments(observables: readonly Observable[]): ReadonlySet<ObservableInstrument> {
  return new Set(observables.filter((observable) => observable instanceof ObservableInstrument))
}
