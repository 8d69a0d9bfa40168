import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { demoEnv } from '../harness/environment.ts'
import { startProcess } from '../harness/process.ts'
import { buildImage } from './image-build.ts'

const AGENT = fileURLToPath(new URL('../../examples/agent/', import.meta.url))
const COMPONENTS = new URL('../../examples/kubernetes/components/', import.meta.url)

/** Builds an image, and removes it after the tests. */
function build(dockerfile: string): string {
  const root = buildImage(dockerfile)
  after(() => rmSync(root, { recursive: true, force: true }))
  return root
}

/** Starts the app in a folder, and waits until it serves and says where its metrics are. */
async function startAgent(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const app = startProcess(process.execPath, args, { cwd, env: { ...demoEnv('image'), ...env } })
  const [[, url = ''], [, metrics = '']] = await Promise.all([
    app.line(/listening on (http:\S+)/),
    app.line(/metrics on (http:\S+\/metrics)/, 'stderr'),
  ])
  await fetch(`${url}/health`)
  return { ...app, scrape: async () => (await fetch(metrics)).text() }
}

const HEALTH = /^agentgateway_requests_total{.*route="\/health".*gateway="image"} 1$/m

describe('the Dockerfiles', () => {
  it("build the app's image from a clean checkout, with the preload and everything that runs in it", async () => {
    const folder = join(build('examples/docker-compose/Dockerfile'), 'app')
    const app = await startAgent(folder, ['--import', 'agentgateway-otel/register', 'app.js'])
    assert.match(await app.scrape(), HEALTH)
    await app.stop()
    for (const script of ['provider.js', 'drive.js']) assert.ok(readFileSync(join(folder, script)), script)
  })

  it('build an image whose folder brings the preload to an app, which counts once if it has the flag as well', async () => {
    const root = build('examples/kubernetes/preload-image/Dockerfile')
    // The init container copies the folder, and the container of the app gets the copy.
    const { spec } = parse(readFileSync(new URL('preload/deployment.yaml', COMPONENTS), 'utf8')).spec.template
    const [from, to] = spec.initContainers[0].command.slice(-2)
    mkdirSync(join(root, to))
    cpSync(join(root, from), join(root, to), { recursive: true })
    const [{ command, env }] = spec.containers
    const options: string = env.find(({ name }: { name: string }) => name === 'NODE_OPTIONS').value
    const copy = { NODE_OPTIONS: options.replace(to, join(root, to)) }
    // With the flag in the app's command, too, there are two copies in the process.
    for (const flag of [[], ['--import', 'agentgateway-otel/register']]) {
      const app = await startAgent(AGENT, [...flag, ...command.slice(1)], copy)
      assert.match(await app.scrape(), HEALTH)
      await app.stop()
    }
  })
})
