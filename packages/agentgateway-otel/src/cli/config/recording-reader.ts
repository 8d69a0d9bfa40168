import { EnvironmentReader, type Reading } from '../../configuration/environment-reader.ts'
import type { Variable } from '../../configuration/variable.ts'

/** Reads settings, and keeps what it has read, by the first of the setting's variables. */
export class RecordingReader extends EnvironmentReader {
  readonly readings = new Map<string, Reading<unknown>>()

  override read<T>(variable: Variable<T>): Reading<T> {
    const reading = super.read(variable)
    this.readings.set(variable.names[0], reading)
    return reading
  }
}
