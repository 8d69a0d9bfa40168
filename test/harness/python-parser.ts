import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('read-exposition.py', import.meta.url))
/** Debian's own Python, which has Debian's package; a Python that comes earlier on the PATH may not. */
const PYTHON = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import prometheus_client.openmetrics.parser']).status === 0,
)

/** A metric family as prometheus_client reads it. */
export interface PythonFamily {
  /** Without the `_total` of counters. */
  readonly name: string
  readonly type: string
  readonly help: string
  /** Empty where there is none, and in the text format. */
  readonly unit: string
  readonly samples: readonly PythonSample[]
}

interface PythonSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
    readonly timestamp: number
  }
}

/**
 * For the `skip` of a test that needs the parsers of prometheus_client: false where they are there, else why the test cannot
 * run, which is also written to stderr.
 *
 * @throws Error in CI, where they have to be there
 */
export function pythonParserIsMissing(): string | false {
  if (PYTHON !== undefined) return false
  const reason = 'NOT TESTED with the parsers of prometheus_client: apt-get install python3-prometheus-client'
  if (process.env.CI) throw new Error(reason)
  process.stderr.write(`${reason}\n`)
  return reason
}

/** Reads an exposition with the parser of prometheus_client. @throws Error with the parser's message */
export function readWithPython(exposition: Uint8Array, format: 'text' | 'openmetrics'): PythonFamily[] {
  const { status, stdout, stderr } = spawnSync(PYTHON as string, [SCRIPT, format], {
    input: exposition,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(stderr)
  const families = JSON.parse(stdout) as JsonFamily[]
  return families.map((family) => ({ ...family, samples: family.samples.map(sampleOf) }))
}

/** Returns which of these files, each an exposition, the parser of prometheus_client refuses, and why. */
export function refusedByPython(paths: readonly string[], format: 'text' | 'openmetrics'): string[] {
  const { status, stdout, stderr } = spawnSync(PYTHON as string, [SCRIPT, format, ...paths], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** As the script writes it: Python's repr in place of each number. */
interface JsonSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: string
  readonly exemplar: { labels: Readonly<Record<string, string>>; value: string; timestamp: string } | null
}

type JsonFamily = Omit<PythonFamily, 'samples'> & { readonly samples: readonly JsonSample[] }

function sampleOf({ name, labels, value, exemplar }: JsonSample): PythonSample {
  const sample = { name, labels, value: numberOf(value) }
  if (exemplar === null) return sample
  const own = { labels: exemplar.labels, value: numberOf(exemplar.value), timestamp: numberOf(exemplar.timestamp) }
  return { ...sample, exemplar: own }
}

const numberOf = (repr: string) => Number(repr.replace('inf', 'Infinity'))
