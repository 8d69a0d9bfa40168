import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { FINDINGS } from '../../packages/agentgateway-otel/src/cli/doctor/findings/index.ts'
import { at, createProject, runDoctor } from '../cli/doctor/doctor.ts'
import { freePort } from '../harness/free-port.ts'

const ROOT = new URL('../../', import.meta.url)
const PAGE = readFileSync(new URL('docs/troubleshooting.md', ROOT), 'utf8')

/** Returns the anchors that GitHub makes of the headings of a document. */
function anchorsOf(file: string): readonly string[] {
  const text = readFileSync(new URL(file, ROOT), 'utf8').replace(/^```[\s\S]*?^```/gm, '')
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('docs/troubleshooting.md on doctor', () => {
  it('shows a command and what it writes', async () => {
    const [, command = '', output = ''] = /^```sh\n(.*doctor.*)\n```\n\n```text\n([\s\S]*?)```/m.exec(PAGE) ?? []
    const [, args = ''] = /^npx agentgateway-otel doctor (.*)$/.exec(command) ?? assert.fail(command)
    const { folder } = createProject({ files: { 'package.json': { name: 'shop' }, 'app.js': '' } })
    const port = await freePort()
    const { stdout } = await runDoctor({ cwd: folder, env: at(port), args: args.split(' ') })
    const written = stdout.replace(`Port ${port} `, 'Port 15020 ')
    assert.equal(written.replace(/Node\.js \S+ is/, 'Node.js is'), output.replace(/Node\.js \S+ is/, 'Node.js is'))
  })

  for (const { code, section } of FINDINGS) {
    it(`has a section that ${code} leads to, or another document has it`, () => {
      const [file = '', anchor] = section.split('#')
      if (anchor !== undefined) assert.ok(anchorsOf(file).includes(anchor), section)
      else assert.match(readFileSync(new URL(file, ROOT), 'utf8'), /^# /)
    })
  }
})
