import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BundledPackage } from './bundled-packages.ts'

/** Files with texts that have to go with the code: licences, and the notices that the Apache License asks to keep. */
const LICENCE = /^(?:licen[cs]e|copying)(?:[.-].*)?$/i
const NOTICE = /^(?:notice|copyright)(?:[.-].*)?$/i

/** The folder in which OpenTelemetry's packages have the licences of code that they took from others. */
const TAKEN_FROM_OTHERS = 'LICENSES'

/**
 * Returns the licence and the notices of each package, and those of code that the package itself took from others.
 *
 * @throws Error when a package has no licence file
 */
export function licenceTexts(packages: readonly BundledPackage[]): string {
  return packages.map(textOf).join(`\n${'-'.repeat(80)}\n\n`)
}

function textOf({ folder, manifest }: BundledPackage): string {
  const { name, version, license } = manifest
  const names = readdirSync(folder).sort()
  const [licence, ...others] = names.filter((file) => LICENCE.test(file))
  if (licence === undefined) throw new Error(`${name} has no licence file to publish with its code`)
  const taken = names.includes(TAKEN_FROM_OTHERS)
    ? readdirSync(join(folder, TAKEN_FROM_OTHERS), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort()
    : []
  const further = [...others, ...names.filter((file) => NOTICE.test(file)), ...taken]
  const read = (file: string) => readFileSync(join(folder, file), 'utf8').trim()
  return [
    `${name} ${version} (${license})\n\n${read(licence)}\n`,
    ...further.map((file) => `${name} ${version}: ${file}\n\n${read(file)}\n`),
  ].join('\n')
}
