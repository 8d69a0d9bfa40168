import type { Facts } from '../facts.ts'
import { type Finding, hint, type Result } from '../finding.ts'
import { listing } from '../listing.ts'
import { isAtLeast } from '../machine/versions.ts'
import { appRuntimes } from '../runtimes.ts'

/** Packages that speak HTTP/2, as servers or as clients. */
const PACKAGES = [
  '@grpc/grpc-js',
  '@connectrpc/connect-node',
  'nice-grpc',
  'http2-wrapper',
  'spdy',
  '@aws-sdk/client-bedrock-runtime',
  '@google-cloud/vertexai',
]

export const unseenHttp2: Finding = {
  code: 'unseen-http2',
  summary: 'The version of Node.js does not show HTTP/2, which a dependency of the app speaks',
  section: 'README.md#what-it-does-not-see',
  check(facts: Facts): readonly Result[] {
    const packages = PACKAGES.filter((name) => facts.project?.dependencies.has(name))
    const versions = appRuntimes(facts).flatMap(({ version }) => version ?? [])
    const old = versions.find((version) => !showsHttp2(version))
    if (packages.length === 0 || old === undefined) return []
    return [
      hint(
        `Node.js ${old} does not show HTTP/2, so that requests over it are not counted; ${listing(packages)} may use it.`,
        'Use Node.js 22.17, 24.2 or newer.',
      ),
    ]
  },
}

/** Whether a version has the channels `http2.server.stream.*` and `http2.client.stream.*`. */
const showsHttp2 = (version: string) =>
  isAtLeast(version, 24, 2) || (version.startsWith('22.') && isAtLeast(version, 22, 17))
