import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { bundledPackages } from '../../packages/agentgateway-otel/third-party/bundled-packages.ts'
import { billOfMaterials } from '../../packages/agentgateway-otel/third-party/sbom.ts'

const PACKAGE = fileURLToPath(new URL('../../packages/agentgateway-otel', import.meta.url))
const DIST = join(PACKAGE, 'dist')

/** Licences under which code may be in the bundles: what they ask for is that their text goes with it. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']

interface Component {
  readonly 'bom-ref': string
  readonly group?: string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses: readonly { readonly license: { readonly id?: string; readonly name?: string } }[]
  readonly hashes: readonly { readonly alg: string; readonly content: string }[]
}

interface Sbom {
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[]
}

const text = readFileSync(join(DIST, 'sbom.cdx.json'), 'utf8')
const sbom: Sbom = JSON.parse(text)
const licences = readFileSync(join(DIST, 'THIRD-PARTY-LICENSES.txt'), 'utf8')

/** What esbuild reported of the builds of all bundles. */
const metafiles: Parameters<typeof bundledPackages>[0] = JSON.parse(readFileSync(join(DIST, 'metafiles.json'), 'utf8'))

const fullName = ({ group, name }: Component) => (group === undefined ? name : `${group}/${name}`)
const idOf = (component: Component) => `${fullName(component)}@${component.version}`
const listed = sbom.components.map(idOf).sort()

/** Returns the folders of packages in this text, relative to the package. */
const foldersIn = (text: string) => [
  ...new Set([...text.matchAll(/[^\s"]*\/node_modules\/(?:@[^/\s]+\/)?[^/\s]+(?=\/)/g)].map(([folder]) => folder)),
]

function manifestOf(folder: string) {
  const { name, version, license } = JSON.parse(readFileSync(join(PACKAGE, folder, 'package.json'), 'utf8'))
  return { id: `${name}@${version}`, name, version, license }
}

const idsOf = (folders: readonly string[]) => [...new Set(folders.map((folder) => manifestOf(folder).id))].sort()

/** The folders of the packages of which esbuild put at least one byte into a bundle. */
function bundledFolders(): string[] {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs)),
  )
  return foldersIn(inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])).join('\n'))
}

describe('the bill of materials of agentgateway-otel', () => {
  it("is valid by CycloneDX 1.6's schema", async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Spec1dot6.version)
    assert.equal(await validator.validate(text), null)
    // The validator has to be there: without its schema's library it would not refuse this.
    assert.notEqual(await validator.validate(text.replace('"type": "library"', '"type": "book"')), null)
  })

  it('lists the packages of which the bundles hold code by what esbuild reports, and no others', () => {
    assert.ok(listed.length > 10)
    assert.deepEqual(listed, idsOf(bundledFolders()))
  })

  it('lists the packages whose files are named in the published bundles', () => {
    const bundles = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /^(?:[\w-]+|entries\/[\w-]+|page\/[\w-]+)\.[cm]?js$/.test(file),
    )
    // esbuild writes a comment with the path before the code of each file.
    const comments = bundles.flatMap(
      (file) => readFileSync(join(DIST, file), 'utf8').match(/^\s*\/\/ \S+\/node_modules\/\S+$/gm) ?? [],
    )
    assert.deepEqual(idsOf(foldersIn(comments.join('\n'))), listed)
  })

  it('gives each the purl, the licence and the hash of the package that npm has', () => {
    const lockfile = readFileSync(join(PACKAGE, '../../pnpm-lock.yaml'), 'utf8')
    const declared = new Map(bundledFolders().map((folder) => [manifestOf(folder).id, manifestOf(folder)]))
    for (const component of sbom.components) {
      const id = idOf(component)
      assert.equal(component.purl, `pkg:npm/${fullName(component).replace('@', '%40')}@${component.version}`)
      assert.deepEqual(component.licenses, [{ license: { id: declared.get(id)?.license } }], id)
      const [hash, ...others] = component.hashes
      assert.deepEqual(others, [])
      assert.equal(hash?.alg, 'SHA-512')
      const integrity = `sha512-${Buffer.from(hash?.content ?? '', 'hex').toString('base64')}`
      assert.match(
        lockfile,
        new RegExp(`^ {2}'?${escaped(id)}'?:\\n {4}resolution: \\{integrity: ${escaped(integrity)}\\}$`, 'm'),
      )
    }
  })

  it('has only licences that ask for no more than their text', () => {
    for (const component of sbom.components) {
      const ids = component.licenses.map(({ license }) => license.id ?? license.name ?? '')
      assert.deepEqual(
        ids.filter((id) => !ALLOWED.includes(id)),
        [],
        idOf(component),
      )
    }
  })

  it('has a path of dependencies from agentgateway-otel to each', () => {
    const dependsOn = new Map(sbom.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]))
    const reached = new Set<string>()
    const visit = (ref: string) => {
      if (reached.has(ref)) return
      reached.add(ref)
      dependsOn.get(ref)?.forEach(visit)
    }
    visit(sbom.metadata.component['bom-ref'])
    const all = [sbom.metadata.component, ...sbom.components].map((component) => component['bom-ref'])
    assert.deepEqual([...reached].sort(), all.sort())
  })

  it('is the same for each build of a commit, in whatever order the bundles are ready', () => {
    const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
    for (const order of [metafiles, metafiles.toReversed()]) {
      const again = billOfMaterials(manifest, bundledPackages(order, PACKAGE), join(PACKAGE, '../../pnpm-lock.yaml'))
      assert.equal(again, text)
    }
    for (const field of ['timestamp', 'serialNumber']) assert.ok(!text.includes(`"${field}"`), field)
  })
})

describe('THIRD-PARTY-LICENSES.txt', () => {
  it('names the packages of the bill of materials, and no others', () => {
    const heads = [...licences.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\d+\.\d+\S*) \((\S+)\)$/gm)]
    assert.deepEqual(heads.map(([, name, version]) => `${name}@${version}`).sort(), listed)
    for (const [, name, version, licence] of heads) {
      const component = sbom.components.find((component) => idOf(component) === `${name}@${version}`)
      assert.equal(component?.licenses[0]?.license.id, licence)
    }
  })

  it('has every file of these packages that is a licence or a notice, also of code that they took from others', () => {
    let count = 0
    for (const folder of bundledFolders()) {
      // A package that is bundled in turn would have files of its own in `node_modules`.
      const files = readdirSync(join(PACKAGE, folder), { recursive: true, withFileTypes: true }).filter(
        (entry) =>
          entry.isFile() &&
          /licen[cs]e|notice|copying|copyright/i.test(entry.name) &&
          !/\.[cm]?[jt]s(?:\.map)?$/.test(entry.name),
      )
      assert.notEqual(files.length, 0, folder)
      for (const { parentPath, name } of files) {
        count++
        const path = join(parentPath, name)
        assert.ok(licences.includes(readFileSync(path, 'utf8').trim()), path)
      }
    }
    assert.ok(count > listed.length, "OpenTelemetry's instrumentation has the licence of shimmer, too")
  })
})

/** Returns a pattern that matches this text. */
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
