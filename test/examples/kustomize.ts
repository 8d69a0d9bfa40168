import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments, stringify } from 'yaml'
import { cachedProgram } from '../harness/debian-unstable.ts'
import type { Manifest } from './kubernetes-schemas.ts'

export const KUBERNETES = fileURLToPath(new URL('../../examples/kubernetes/', import.meta.url))

/**
 * Has kustomize build a folder, as `kubectl apply -k` does.
 *
 * @throws Error with its message, where it refuses
 */
export function build(folder: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync(cachedProgram('kustomize') ?? '', ['build', folder], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return manifestsIn(stdout)
}

/** Builds the app with these components of the example, as somebody's own kustomization has them. */
export const buildWith = (...components: readonly string[]): Manifest[] =>
  buildOverlay(
    stringify({ resources: ['../../app'], components: components.map((name) => `../../components/${name}`) }),
  )

/** Builds this text of a kustomization.yaml, in a folder of its own beside `overlays/monitored`. */
export function buildOverlay(kustomization: string): Manifest[] {
  const copy = mkdtempSync(join(tmpdir(), 'kustomize-'))
  const overlay = join(copy, 'overlays/mine')
  try {
    cpSync(KUBERNETES, copy, { recursive: true })
    mkdirSync(overlay)
    writeFileSync(join(overlay, 'kustomization.yaml'), kustomization)
    return build(overlay)
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** The manifests of a text with any number of YAML documents. */
export const manifestsIn = (text: string): Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest)
