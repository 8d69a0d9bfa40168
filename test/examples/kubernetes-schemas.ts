/**
 * Checks manifests against the schemas of Kubernetes and of the Prometheus Operator. `kubernetes-models` has them twice: as
 * validators, which know required fields, formats and ranges but let unknown fields pass, and as types, of which TypeScript allows
 * an object literal no unknown field.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as operator from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import * as apps from 'kubernetes-models/apps/v1'
import * as networking from 'kubernetes-models/networking.k8s.io/v1'
import * as core from 'kubernetes-models/v1'

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
}

interface Model {
  new (manifest: object): { validate(): void }
}

/** By the apiVersion of the manifests: the module of their types, and the validators. */
const MODULES: Readonly<Record<string, { readonly module: string; readonly models: object }>> = {
  v1: { module: 'kubernetes-models/v1', models: core },
  'apps/v1': { module: 'kubernetes-models/apps/v1', models: apps },
  'networking.k8s.io/v1': { module: 'kubernetes-models/networking.k8s.io/v1', models: networking },
  'monitoring.coreos.com/v1': {
    module: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
    models: operator,
  },
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Below `test`, where TypeScript finds the types. */
const CACHE = fileURLToPath(new URL('../node_modules/.cache/manifests/', import.meta.url))

/** Returns what is wrong with these manifests, by their kind and name. @throws Error for a kind without a schema */
export function problemsOf(manifests: readonly Manifest[]): string[] {
  return [...manifests.flatMap(validatorsSay), ...typesSay(manifests)]
}

const titleOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`

function schemaOf({ apiVersion, kind }: Manifest): { module: string; model: Model } {
  const { module, models } = MODULES[apiVersion] ?? {}
  const model = Object.entries(models ?? {}).find(([name]) => name === kind)?.[1] as Model | undefined
  if (module === undefined || model === undefined) throw new Error(`no schema of ${apiVersion} ${kind}`)
  return { module, model }
}

function validatorsSay(manifest: Manifest): string[] {
  const { model: Model } = schemaOf(manifest)
  try {
    new Model(manifest).validate()
    return []
  } catch (error) {
    return [`${titleOf(manifest)}: ${(error as Error).message}`]
  }
}

/** Has TypeScript check all manifests at once, each as a literal on a line of its own. */
function typesSay(manifests: readonly Manifest[]): string[] {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(CACHE)
  const file = join(folder, 'manifests.ts')
  const line = (manifest: Manifest, i: number) =>
    `export const manifest${i}: import('${schemaOf(manifest).module}').I${manifest.kind} = ${JSON.stringify(manifest)}`
  writeFileSync(file, manifests.map(line).join('\n'))
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--pretty',
    'false',
  ]
  const { status, stdout, error } = spawnSync(
    join(ROOT, 'node_modules/.bin/tsc'),
    ['--ignoreConfig', ...options, file],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
  rmSync(folder, { recursive: true })
  if (status === 0) return []
  const problems = [...stdout.matchAll(/^manifests\.ts\((\d+),\d+\): error TS\d+: (.*)$/gm)]
  if (problems.length === 0) throw new Error(`tsc: ${error?.message ?? stdout}`)
  return problems.map(([, number, message]) => {
    const manifest = manifests[Number(number) - 1]
    return `${manifest && titleOf(manifest)}: ${message}`
  })
}
