import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import type { LockSettings } from '@agentgateway-otel/exporter'
import { createCertificateAuthority } from '../../../../test/harness/certificates.ts'
import { until } from '../../../../test/harness/until.ts'
import { WebConfigFile } from './web-config-file.ts'

const HASH = '$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG'
const userFile = (...names: string[]) => `basic_auth_users:\n${names.map((name) => `  ${name}: ${HASH}\n`).join('')}`

const folder = mkdtempSync(join(tmpdir(), 'web-config-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'web.yml')

let lines: string[]
let file: WebConfigFile

beforeEach(() => {
  rmSync(path, { force: true, recursive: true })
  lines = []
  file = new WebConfigFile(path, {
    onProblem: (problem) => lines.push(problem),
    onRecovery: () => lines.push('right again'),
  })
})

/** Waits until the settings are these, which they are a second after a change at the latest. */
const settingsWhen = (holds: (settings: LockSettings | undefined) => boolean) =>
  until(
    async () => {
      const settings = await file.current()
      return holds(settings) ? { settings } : undefined
    },
    () => String(lines),
  )

const usersOf = (settings: LockSettings | undefined) => settings && [...settings.users.keys()].join()

describe('a web configuration file that changes', () => {
  it('is in force with its new contents', async () => {
    writeFileSync(path, userFile('alice'))
    assert.equal(usersOf(file.read()), 'alice')
    writeFileSync(path, userFile('bob'))
    await settingsWhen((settings) => usersOf(settings) === 'bob')
    assert.deepEqual(lines, [])
  })

  it('is in force when another file is moved to its place, as Kubernetes does', async () => {
    const other = join(folder, 'other.yml')
    writeFileSync(other, userFile('alice'))
    symlinkSync(other, path)
    assert.equal(usersOf(file.read()), 'alice')
    const next = join(folder, 'next.yml')
    writeFileSync(next, userFile('bobby'))
    symlinkSync(next, `${path}.new`)
    renameSync(`${path}.new`, path)
    await settingsWhen((settings) => usersOf(settings) === 'bobby')
  })

  it('keeps the same settings, with what was made of them, while nothing changes', async () => {
    writeFileSync(path, userFile('alice'))
    const settings = file.read()
    for (let i = 0; i < 50; i++) assert.equal(await file.current(), settings)
  })

  it('lets nobody in while it is wrong, with one line for each problem, and everybody as before when it is right', async () => {
    writeFileSync(path, userFile('alice'))
    file.read()
    writeFileSync(path, 'basic_auth_usres: {}\n')
    await settingsWhen((settings) => settings === undefined)
    for (let i = 0; i < 20; i++) assert.equal(await file.current(), undefined)
    const unknown = `${path}:1: the file has "basic_auth_usres", which is not known; did you mean "basic_auth_users"?`
    assert.deepEqual(lines, [unknown])
    unlinkSync(path)
    await until(async () => ((await file.current()) === undefined && lines.length === 2 ? true : undefined))
    assert.deepEqual(lines.slice(1), [`the file cannot be read (ENOENT): ${path}`])
    writeFileSync(path, userFile('alice'))
    await settingsWhen((settings) => usersOf(settings) === 'alice')
    assert.deepEqual(lines.slice(2), ['right again'])
  })

  it('is never taken for one without locks while it is half written', async (t) => {
    // A second passes between any two looks at the clock, so that each call looks at the file.
    let nowMs = 0
    t.mock.method(performance, 'now', () => (nowMs += 1000))
    const whole = userFile('alice', 'bob')
    writeFileSync(path, whole)
    file.read()
    for (const part of ['', '{}\n', '# users\n', 'rate_limit: {}\n', userFile('alice')]) {
      writeFileSync(path, part)
      const checked = file.current()
      // The files have been read once, in the same turn as the promise of their marks.
      await new Promise((resolve) => setTimeout(resolve, 30))
      writeFileSync(path, whole)
      assert.equal(usersOf(await checked), 'alice,bob')
    }
    assert.deepEqual(lines, [])
  })

  it('lets nobody in while it changes all the time, and everybody as before when that stops', async () => {
    writeFileSync(path, userFile('alice'))
    file.read()
    let count = 0
    const changing = setInterval(() => writeFileSync(path, userFile('alice', `user${count++}`)), 20)
    await settingsWhen((settings) => settings === undefined)
    clearInterval(changing)
    assert.deepEqual(lines, [`${path} or a file that it names keeps changing`])
    await settingsWhen((settings) => settings?.users.size === 2)
  })

  it('lets nobody in when it was wrong from the start, until it is right', async () => {
    assert.equal(file.read(), undefined)
    assert.deepEqual(lines, [`the file cannot be read (ENOENT): ${path}`])
    writeFileSync(path, userFile('alice'))
    await settingsWhen((settings) => usersOf(settings) === 'alice')
  })
})

describe('the certificate that a web configuration file names', () => {
  const authority = createCertificateAuthority()
  const { cert, key } = authority.issue('server', 'DNS:localhost')
  const text = `tls_server_config: { cert_file: ${cert}, key_file: ${key} }\n`

  it('is in force when it is renewed, and refused while its key is not', async () => {
    writeFileSync(path, text)
    const first = file.read()?.tls?.context
    assert.ok(first)
    const renewed = authority.issue('renewed', 'DNS:localhost')
    renameSync(renewed.cert, cert)
    await settingsWhen((settings) => settings === undefined)
    assert.match(lines[0] ?? '', /web\.yml:1: tls_server_config\.key_file does not belong to the certificate$/)
    renameSync(renewed.key, key)
    const { settings } = await settingsWhen((settings) => settings !== undefined)
    assert.notEqual(settings?.tls?.context, first)
  })

  it('is waited for when it is not there yet', async () => {
    const late = join(folder, 'late.crt')
    writeFileSync(path, text.replace(cert, late))
    assert.equal(file.read(), undefined)
    assert.match(lines[0] ?? '', /web\.yml:1: tls_server_config\.cert_file cannot be read \(ENOENT\): .*late\.crt$/)
    symlinkSync(cert, late)
    await settingsWhen((settings) => settings?.tls !== undefined)
  })
})

describe('a web configuration file that cannot be used at all', () => {
  for (const [what, create, problem] of [
    ['a folder', () => execFileSync('mkdir', [path]), /^the file is not a file: .*web\.yml$/],
    ['a pipe without a writer', () => execFileSync('mkfifo', [path]), /^the file is not a file: .*web\.yml$/],
    [
      'larger than 256 KiB',
      () => writeFileSync(path, '#'.repeat(300_000)),
      /^the file is larger than 256 KiB: .*web\.yml$/,
    ],
    ['larger than 64 KiB', () => writeFileSync(path, '#'.repeat(70_000)), /web\.yml: the file is larger than 64 KiB$/],
  ] as const) {
    it(`is refused at once when it is ${what}`, () => {
      create()
      assert.equal(file.read(), undefined)
      assert.equal(lines.length, 1)
      assert.match(lines[0] ?? '', problem)
    })
  }

  it('holds the event loop for less than 50 ms with as many users as it can have', () => {
    writeFileSync(path, userFile(...Array.from({ length: 850 }, (_, i) => `user${i}`)))
    // The machine may be busy, so the best of a few is what the file costs.
    const costsMs = Array.from({ length: 10 }, () => {
      const startMs = performance.now()
      assert.equal(file.read()?.users.size, 850)
      return performance.now() - startMs
    })
    assert.ok(Math.min(...costsMs) < 50, `${costsMs.map(Math.round)} ms`)
  })
})
