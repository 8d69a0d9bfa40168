import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

/** A package of others, code of which is in a bundle. */
export interface BundledPackage {
  /** Its name and version, which identify it: there may be several versions of one package. */
  readonly id: string
  readonly folder: string
  readonly manifest: { readonly name: string; readonly version: string; readonly license: string }
  /** The ids of the packages from which its bundled files import, sorted. */
  readonly imports: readonly string[]
}

/** What esbuild reports of all bundles. */
export interface BundledCode {
  readonly packages: readonly BundledPackage[]
  /** The ids of the packages from which this workspace's own files import, sorted. */
  readonly imports: readonly string[]
}

/**
 * Finds the packages of others in the bundles. A file that esbuild read and left out, because nothing uses it, is not in
 * them: what counts is the number of bytes in the output.
 *
 * @param directory what the files in `metafiles` are relative to
 * @throws Error when a package has no name, version or licence
 */
export function bundledPackages(metafiles: readonly Metafile[], directory: string): BundledCode {
  const packages = new Map<string, BundledPackage>()
  const importsOf = new Map<string, Set<string>>()
  const bundled = metafiles.map(({ inputs, outputs }) => ({ inputs, files: filesInOutput(outputs) }))

  for (const folder of new Set(bundled.flatMap(({ files }) => [...files].map(packageFolder)))) {
    if (folder !== '') packages.set(folder, { ...readPackage(join(directory, folder)), imports: [] })
  }
  for (const { inputs, files } of bundled) {
    for (const file of files) {
      const from = packageFolder(file)
      for (const { path } of inputs[file]?.imports ?? []) {
        const imported = packages.get(packageFolder(path))
        if (imported === undefined || packageFolder(path) === from) continue
        importsOf.set(from, (importsOf.get(from) ?? new Set()).add(imported.id))
      }
    }
  }
  const sortedImports = (folder: string) => [...(importsOf.get(folder) ?? [])].sort()
  return {
    packages: [...packages]
      .map(([folder, bundledPackage]) => ({ ...bundledPackage, imports: sortedImports(folder) }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    imports: sortedImports(''),
  }
}

function filesInOutput(outputs: Metafile['outputs']): Set<string> {
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))
  return new Set(inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file))
}

/** Returns the folder of the package that a file belongs to, or '' when the package is one of this workspace. */
const packageFolder = (file: string) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? ''

function readPackage(folder: string): Omit<BundledPackage, 'imports'> {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  for (const field of ['name', 'version', 'license']) {
    if (typeof manifest[field] !== 'string') throw new Error(`${folder}/package.json has no ${field}`)
  }
  return { id: `${manifest.name}@${manifest.version}`, folder, manifest }
}
