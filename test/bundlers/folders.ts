import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const appFile = (name: string) => fileURLToPath(new URL(`./apps/${name}`, import.meta.url))

const directory = mkdtempSync(join(tmpdir(), 'bundlers-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

/** Makes a folder that is removed when the test file ends. No package is found from there. */
export const newFolder = () => mkdtempSync(join(directory, 'app-'))
