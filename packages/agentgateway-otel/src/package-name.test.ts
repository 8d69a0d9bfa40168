import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { packageNameOf } from './package-name.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'package-name-')))
after(() => rmSync(root, { recursive: true }))

let count = 0

/** Creates a folder with these files. */
function createFolder(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = join(root, String(count++))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

const named = (name: unknown, others: object = {}) => JSON.stringify({ name, ...others })

describe("a script's package", () => {
  it('is that of the nearest package.json, with its scope, wherever the process runs', () => {
    const folder = createFolder({ 'package.json': named('@acme/shop'), 'src/deep/server.js': '' })
    assert.equal(packageNameOf(join(folder, 'src/deep/server.js'), '/'), '@acme/shop')
  })

  it('is found for a folder as the script, and for one without its extension', () => {
    const folder = createFolder({
      'package.json': named('outer'),
      'app/package.json': named('inner'),
      'app/main.js': '',
    })
    assert.equal(packageNameOf(join(folder, 'app'), '/'), 'inner')
    assert.equal(packageNameOf(join(folder, 'app/main'), '/'), 'inner')
  })

  it('is that of the file, where the script is a link to it', () => {
    const folder = createFolder({ 'app/package.json': named('shop'), 'app/cli.js': '', 'package.json': named('other') })
    symlinkSync(join(folder, 'app/cli.js'), join(folder, 'link'))
    assert.equal(packageNameOf(join(folder, 'link'), '/'), 'shop')
  })

  it('is above a package.json that only says what modules there are', () => {
    const folder = createFolder({
      'package.json': named('shop'),
      'dist/package.json': '{"type":"module"}',
      'dist/server.js': '',
    })
    assert.equal(packageNameOf(join(folder, 'dist/server.js'), '/'), 'shop')
  })

  for (const [what, manifest] of Object.entries({
    'has scripts but no name': '{"scripts":{"start":"node server.js"}}',
    'has dependencies but no name': '{"dependencies":{}}',
    'is garbage': '{"name":',
    'is empty': '',
    'has no object': 'null',
    'has a number as its name': named(5),
    'has an empty name': named(' '),
    'has a name that is not well-formed': '{"name":"a\\ud800"}',
    'has a name that is too long': named('x'.repeat(256)),
    'is larger than a megabyte': named('shop', { padding: 'x'.repeat(1024 * 1024) }),
  })) {
    it(`has no name where the nearest package.json ${what}`, () => {
      const folder = createFolder({ 'package.json': named('outer'), 'app/package.json': manifest, 'app/server.js': '' })
      assert.equal(packageNameOf(join(folder, 'app/server.js'), '/'), undefined)
    })
  }

  it('has no name where package.json is a folder or a pipe, which does not hold the process', () => {
    const folder = createFolder({ 'package.json/x': '', 'app.js': '', 'pipe/app.js': '' })
    assert.equal(packageNameOf(join(folder, 'app.js'), '/'), undefined)
    execFileSync('mkfifo', [join(folder, 'pipe/package.json')])
    assert.equal(packageNameOf(join(folder, 'pipe/app.js'), '/'), undefined)
  })

  it('is found with a byte order mark before it', () => {
    const folder = createFolder({ 'package.json': `\uFEFF${named('shop')}`, 'app.js': '' })
    assert.equal(packageNameOf(join(folder, 'app.js'), '/'), 'shop')
  })

  it('has no name in a folder that does not exist, or far too deep', () => {
    assert.equal(packageNameOf('/nowhere/app.js', '/nowhere'), undefined)
    const folder = createFolder({ 'package.json': named('shop') })
    assert.equal(packageNameOf(join(folder, 'x/'.repeat(100), 'app.js'), '/'), undefined)
  })
})

describe('a script in node_modules', () => {
  const tool = 'node_modules/next/dist/bin/next'

  it("is of the package that has the folder, and not of the tool's or of one above", () => {
    const folder = createFolder({
      'package.json': named('above'),
      'app/package.json': named('shop'),
      [`app/${tool}`]: '',
      'app/node_modules/next/package.json': named('next'),
      'bare/node_modules/next/package.json': named('next'),
      [`bare/${tool}`]: '',
    })
    for (const cwd of ['/', folder, join(folder, 'app'), join(folder, 'app/node_modules/next')]) {
      assert.equal(packageNameOf(join(folder, 'app', tool), cwd), 'shop')
    }
    assert.equal(packageNameOf(join(folder, 'bare', tool), '/'), undefined)
  })

  it('is of the package that links to a folder of all packages, as pnpm makes it', () => {
    const store = 'node_modules/.pnpm/next@1/node_modules/next'
    const folder = createFolder({
      'package.json': named('monorepo'),
      'apps/shop/package.json': named('shop'),
      'apps/shop/node_modules/.bin/x': '',
      [`${store}/dist/bin/next`]: '',
    })
    symlinkSync(join(folder, store), join(folder, 'apps/shop/node_modules/next'))
    symlinkSync('../next/dist/bin/next', join(folder, 'apps/shop/node_modules/.bin/next'))
    assert.equal(packageNameOf(join(folder, 'apps/shop', tool), '/'), 'shop')
    assert.equal(packageNameOf(join(folder, 'apps/shop/node_modules/.bin/next'), '/'), 'shop')
  })

  it('is of the package that the process runs in, where packages have the folder in common, as npm makes it', () => {
    const folder = createFolder({
      'package.json': named('monorepo'),
      'apps/shop/package.json': named('shop'),
      'apps/shop/src/x': '',
      [tool]: '',
    })
    assert.equal(packageNameOf(join(folder, tool), join(folder, 'apps/shop/src')), 'shop')
    assert.equal(packageNameOf(join(folder, tool), join(folder, 'apps')), 'monorepo')
  })

  it('is of the package itself, where node_modules only links to it', () => {
    const folder = createFolder({
      'package.json': named('monorepo'),
      'node_modules/x': '',
      'apps/shop/package.json': named('@acme/shop'),
      'apps/shop/server.js': '',
    })
    symlinkSync(join(folder, 'apps/shop'), join(folder, 'node_modules/shop'))
    assert.equal(packageNameOf(join(folder, 'node_modules/shop/server.js'), folder), '@acme/shop')
  })
})
