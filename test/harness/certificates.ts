import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate and its key: the paths of two PEM files. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** An authority that issues certificates for tests, in a folder of its own, which is removed when the process ends. */
export interface CertificateAuthority {
  readonly folder: string
  /** The path of the authority's own certificate. */
  readonly cert: string
  /** Issues a certificate for two days with these names, such as `DNS:localhost,IP:127.0.0.1`. */
  issue(name: string, subjectAltName: string): KeyPair
}

/** Creates an authority by means of `openssl`. */
export function createCertificateAuthority(): CertificateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const openssl = (command: string, ...args: string[]) =>
    execFileSync('openssl', [...command.split(' '), ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'
  openssl(`req -x509 ${key} -keyout ca.key -out ca.crt -subj /CN=test-authority`)

  return {
    folder,
    cert: join(folder, 'ca.crt'),
    issue(name, subjectAltName) {
      const names = `-addext subjectAltName=${subjectAltName} -addext basicConstraints=CA:FALSE`
      openssl(
        `req -x509 ${key} -CA ca.crt -CAkey ca.key ${names} -keyout ${name}.key -out ${name}.crt -subj`,
        `/CN=${name}`,
      )
      return { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
    },
  }
}

/** The contents of a key pair's files. */
export const readKeyPair = ({ cert, key }: KeyPair) => ({ cert: readFileSync(cert), key: readFileSync(key) })
