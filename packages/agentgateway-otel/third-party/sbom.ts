import { readFileSync } from 'node:fs'
import { Contrib, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import { PackageURL } from 'packageurl-js'
import { parse } from 'yaml'
import type { BundledCode } from './bundled-packages.ts'

/** What the bill of materials says of a package, from its package.json. */
type Manifest = Parameters<Contrib.FromNodePackageJson.Builders.ComponentBuilder['makeComponent']>[0] & {
  readonly name: string
  readonly version: string
}

const builder = new Contrib.FromNodePackageJson.Builders.ComponentBuilder(
  new Contrib.FromNodePackageJson.Factories.ExternalReferenceFactory(),
  // What is no identifier of SPDX becomes a licence's name, for a person to look at: the test of this file refuses names.
  new Contrib.License.Factories.LicenseFactory((licence) => {
    throw new Error(`${licence} is no identifier of SPDX`)
  }),
)

/**
 * Returns a software bill of materials in CycloneDX's format: the packages of others whose code is in the bundles, each
 * with the hash of the package that npm has, and which of them uses which. It has neither a time nor a serial number, so
 * that each build of a commit makes the same file.
 *
 * @param manifest the package.json of what is published
 * @param lockfile pnpm's lockfile, which has the hashes
 * @throws Error when the lockfile has no hash of a package
 */
export function billOfMaterials(manifest: Manifest, { packages, imports }: BundledCode, lockfile: string): string {
  const { packages: locked } = parse(readFileSync(lockfile, 'utf8'))
  const subject = componentOf(manifest)
  const components = new Map(packages.map(({ id, manifest }) => [id, componentOf(manifest)]))
  const refs = (ids: readonly string[]) => ids.flatMap((id) => components.get(id)?.bomRef ?? [])

  for (const { id, imports } of packages) {
    const component = components.get(id)
    const integrity = locked[id]?.resolution?.integrity
    if (component === undefined || integrity === undefined) throw new Error(`${lockfile} has no hash of ${id}`)
    component.hashes.set(...Contrib.FromNodePackageJson.Utils.parsePackageIntegrity(integrity))
    for (const ref of refs(imports)) component.dependencies.add(ref)
  }
  for (const ref of refs(imports)) subject.dependencies.add(ref)

  const bom = new Models.Bom({
    components: new Models.ComponentRepository(components.values()),
    metadata: new Models.Metadata({ component: subject }),
  })
  const normalizers = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)
  return `${new Serialize.JsonSerializer(normalizers).serialize(bom, { sortLists: true, space: 2 })}\n`
}

function componentOf(manifest: Manifest): Models.Component {
  const component = builder.makeComponent(manifest)
  if (component === undefined) throw new Error(`${manifest.name} is no name of a package`)
  component.purl = new PackageURL('npm', component.group, component.name, manifest.version).toString()
  component.bomRef.value = component.purl
  // Many packages give the short name of a repository on GitHub, which is no URL.
  for (const reference of component.externalReferences) {
    if (!URL.canParse(String(reference.url))) component.externalReferences.delete(reference)
  }
  return component
}
