import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { APPS, type AppName } from './apps/index.ts'
import { formatTable } from './report/table.ts'
import { measureSideBySide } from './side-by-side.ts'
import { OURS } from './variants/index.ts'

const FOLDER = fileURLToPath(new URL('./node_modules/.cache/profiles', import.meta.url))

/** One round with one turn: nothing is compared, since the profiler slows the process down. */
const SIZE = { rounds: 1, turns: 1 }

/** The number of requests to an app. Default: 20,000. */
const REQUESTS: Readonly<Partial<Record<AppName, number>>> = {
  hello: 200_000,
  'llm-stream': 200,
  'llm-pass-through': 500,
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Profiles our variant under load, and reports the functions that take the most time: of all functions, then of ours. */
export async function profile(name: AppName): Promise<string> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const flags = ['--cpu-prof', `--cpu-prof-dir=${FOLDER}`, '--cpu-prof-interval=200', ...OURS.flags]
  const requests = REQUESTS[name] ?? 20_000
  const size = { ...SIZE, warmUp: requests / 10, requests, connections: 16 }
  await measureSideBySide(APPS[name], [{ name: OURS.name, variant: { ...OURS, flags } }], size)

  const file = join(FOLDER, readdirSync(FOLDER)[0] ?? '')
  const functions = selfTimes(JSON.parse(readFileSync(file, 'utf8')))
  const isOurs = ({ where }: FunctionTime) => where.includes('/packages/')
  const table = (title: string, rows: readonly FunctionTime[]) =>
    formatTable(
      [title, 'of the busy time, %'],
      rows.map(({ name, where, share }) => [`${name} ${shorten(where)}`, (100 * share).toFixed(2)]),
    )
  const ours = functions.filter(isOurs)
  const total = ours.reduce((sum, { share }) => sum + share, 0)
  return [
    table('all functions, by self time', functions.slice(0, 25)),
    table(`our functions: ${(100 * total).toFixed(1)} % together`, ours.slice(0, 25)),
    `The whole profile, which the developer tools of a browser can show: ${file}`,
  ].join('\n\n')
}

/** Returns a path from the folder of its package on. */
const shorten = (where: string) => where.replace(/^.*\/(?:packages|node_modules)\//, '')

interface FunctionTime {
  readonly name: string
  readonly where: string
  /** The share of the time in which the process was not idle, from 0 to 1. */
  readonly share: number
}

/** Returns the functions of a profile, the one with the most self time first. */
function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): readonly FunctionTime[] {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]))
  const times = new Map<string, { name: string; where: string; time: number }>()
  let total = 0
  samples.forEach((id, i) => {
    const frame = byId.get(id)
    if (frame === undefined || frame.functionName === '(idle)') return
    const time = timeDeltas[i] ?? 0
    const where = frame.url === '' ? '' : `${frame.url}:${frame.lineNumber + 1}`
    const key = `${frame.functionName} ${where}`
    const sum = times.get(key) ?? { name: frame.functionName || '(anonymous)', where, time: 0 }
    times.set(key, { ...sum, time: sum.time + time })
    total += time
  })
  return [...times.values()]
    .sort((a, b) => b.time - a.time)
    .map(({ name, where, time }) => ({ name, where, share: time / total }))
}
