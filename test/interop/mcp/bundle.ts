import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const apps = fileURLToPath(new URL('apps', import.meta.url))

const STDIO = `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { addTools } from './tools.js'
addTools(new McpServer({ name: 'bundled-stdio', version: '1.0.0' })).connect(new StdioServerTransport())`

/** Bundles servers into one minified file each, which requires only Node's own modules. */
export async function bundleServers() {
  const directory = await mkdtemp(join(tmpdir(), 'mcp-bundle-'))
  const options = { bundle: true, minify: true, platform: 'node', format: 'cjs', logLevel: 'warning' } as const
  const [http, stdio] = ['http.cjs', 'stdio.cjs'].map((name) => join(directory, name)) as [string, string]
  await Promise.all([
    build({ ...options, entryPoints: [join(apps, 'servers.js')], outfile: http }),
    build({ ...options, stdin: { contents: STDIO, resolveDir: apps }, outfile: stdio }),
  ])
  return { http, stdio, remove: () => rm(directory, { recursive: true }) }
}
