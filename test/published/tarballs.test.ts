import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { packAll, ROOT, type Tarball } from './tarballs.ts'

const REPOSITORY = 'https://github.com/agentgateway-otel/agentgateway-otel'

/** Where npm shows a package. */
const PAGE = 'https://www.npmjs.com/package/'

/**
 * How many KiB a tarball may have, where that is more than 100. These bounds are a tenth above what the packages have
 * now: who exceeds one has added something large, and raises it for a reason.
 */
const MAX_KIB: Readonly<Record<string, number>> = {
  // What it uses of others is in it, and all of it twice: in files, and in one that bundlers of apps follow.
  'agentgateway-otel': 1230,
}

const directory = mkdtempSync(join(tmpdir(), 'tarballs-'))
after(() => rmSync(directory, { recursive: true }))

const tarballs = await packAll(directory)
const folders = readdirSync(join(ROOT, 'packages')).sort()

/** Unpacks a tarball, and returns its folder. */
function unpack({ name, filename }: Tarball): string {
  const folder = join(directory, name.replace('/', '-'))
  mkdirSync(folder)
  execFileSync('tar', ['-xzf', filename, '--strip-components=1', '-C', folder])
  return folder
}

/** The fragments of the headings of a document, as GitHub and npm make them. */
const anchorsOf = (markdown: string) =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Returns the file of the repository that a link leads to, or undefined when it leads elsewhere. */
function fileOfLink(link: string): string | undefined {
  const [url = ''] = link.split('#')
  if (url.startsWith(PAGE)) {
    const name = url.slice(PAGE.length)
    if (!/^(?:@agentgateway-otel\/|agentgateway-otel$)/.test(name)) return undefined
    return `packages/${name.replace('@agentgateway-otel/', '')}/README.md`
  }
  return new RegExp(`^${REPOSITORY}/(?:blob|tree|raw)/main/(.*)$`).exec(url)?.[1]
}

describe('what is published', () => {
  it('is every folder of packages, in one version', () => {
    const names = folders.map((name) => (name === 'agentgateway-otel' ? name : `@agentgateway-otel/${name}`))
    assert.deepEqual(tarballs.map(({ name }) => name).sort(), names.sort())
    assert.equal(new Set(tarballs.map(({ version }) => version)).size, 1)
  })

  for (const tarball of tarballs) {
    const { name, files } = tarball
    const source = name.replace('@agentgateway-otel/', '')

    describe(name, () => {
      const folder = unpack(tarball)
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const readme = readFileSync(join(folder, 'README.md'), 'utf8')
      const paths = files.map(({ path }) => path)

      it('says who may use it, on what, and where it comes from', () => {
        const { license, engines, publishConfig, repository, bugs, homepage, private: isPrivate } = manifest
        assert.deepEqual(
          { license, engines, publishConfig, repository, bugs, homepage, isPrivate },
          {
            license: 'Apache-2.0',
            engines: { node: '>=22.15.0' },
            // A provenance statement, by which npm shows the commit and the workflow that a version was built from.
            publishConfig: { access: 'public', provenance: true },
            repository: { type: 'git', url: `git+${REPOSITORY}.git`, directory: `packages/${source}` },
            bugs: `${REPOSITORY}/issues`,
            homepage: `${REPOSITORY}/tree/main/packages/${source}#readme`,
            isPrivate: undefined,
          },
        )
        assert.ok(manifest.description.length > 0)
        assert.ok(manifest.keywords.length > 0)
      })

      it('has the licence', () => {
        assert.equal(readFileSync(join(folder, 'LICENSE'), 'utf8'), readFileSync(join(ROOT, 'LICENSE'), 'utf8'))
      })

      it('depends on versions that npm has, and runs nothing when it is installed', () => {
        for (const field of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
          for (const [dependency, range] of Object.entries<string>(manifest[field] ?? {})) {
            assert.match(range, /^(?:npm:[\w@./-]+@)?[~^]?\d/, `${field} ${dependency}`)
            if (dependency.startsWith('@agentgateway-otel/')) assert.equal(range, `^${manifest.version}`)
          }
        }
        assert.deepEqual(
          Object.keys(manifest.scripts ?? {}).filter((script) => /install|prepare/.test(script)),
          [],
        )
      })

      it('has each file that its package.json names', () => {
        const named = (value: unknown): string[] =>
          typeof value === 'string'
            ? [value]
            : typeof value === 'object' && value
              ? Object.values(value).flatMap(named)
              : []
        const { exports, bin = [] } = manifest
        for (const path of [...named(exports), ...named(bin)]) assert.ok(existsSync(join(folder, path)), path)
      })

      it('has no tests, sources, source maps or reports of the build, and nothing of a source that is gone', () => {
        assert.deepEqual(
          paths.filter((path) => /\.map$|\.test\.|\.tsbuildinfo$|^src\/|metafiles|testing\//.test(path)),
          [],
        )
        for (const path of paths.filter((path) => /\.(?:[cm]?js|css|html|json|d\.[cm]?ts)$/.test(path))) {
          const text = readFileSync(join(folder, path), 'utf8')
          assert.doesNotMatch(text, /^\/\/[#@] sourceMappingURL=/m, path)
          assert.ok(!text.includes(ROOT), `${path} has the path of this machine`)
        }
        // The bundles have no source each.
        if (name === 'agentgateway-otel') return
        for (const path of paths.filter((path) => path.startsWith('dist/'))) {
          const file = path.replace(/^dist\//, 'src/').replace(/(?:\.d\.ts|\.js)$/, '.ts')
          assert.ok(
            existsSync(join(ROOT, 'packages', source, file)),
            `${path} has no ${file}; run pnpm clean and build`,
          )
        }
      })

      it('has a README whose links lead somewhere from npm, too', () => {
        for (const [, link = ''] of readme.matchAll(/\]\(([^)\s]+)\)/g)) {
          const file = fileOfLink(link)
          const [path = '', fragment] = link.split('#')
          if (file !== undefined) assert.ok(existsSync(join(ROOT, file)), link)
          else if (path !== '' && !/^https?:/.test(link)) assert.ok(existsSync(join(folder, path)), link)
          const document = file ?? (path === '' ? `packages/${source}/README.md` : undefined)
          if (fragment === undefined || !document?.endsWith('.md')) continue
          assert.ok(anchorsOf(readFileSync(join(ROOT, document), 'utf8')).includes(fragment), link)
        }
      })

      it('is no larger than it has to be', (t) => {
        t.diagnostic(`${name}: ${Math.ceil(tarball.size / 1024)} KiB, ${files.length} files`)
        assert.ok(tarball.size < (MAX_KIB[name] ?? 100) * 1024, `${tarball.size} bytes`)
      })
    })
  }
})

describe('agentgateway-otel', () => {
  const tarball = tarballs.find(({ name }) => name === 'agentgateway-otel') ?? assert.fail()
  const paths = tarball.files.map(({ path }) => path)
  const folder = join(directory, 'agentgateway-otel')

  it('depends on no package, and tells what is in its bundles', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies']) {
      assert.equal(manifest[field], undefined)
    }
    for (const path of ['dist/THIRD-PARTY-LICENSES.txt', 'dist/sbom.cdx.json']) assert.ok(paths.includes(path), path)
  })

  it('has the bundles that are loaded on demand, and no other', () => {
    const entries = readdirSync(join(ROOT, 'packages/agentgateway-otel/src/entries'))
    const bundles = paths.filter((path) => path.startsWith('dist/entries/'))
    assert.deepEqual(bundles.sort(), entries.map((entry) => `dist/entries/${entry.replace('.ts', '.cjs')}`).sort())
  })
})
