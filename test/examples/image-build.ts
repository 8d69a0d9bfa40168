import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What pnpm and the test runner tell their children would make these commands differ from those in a container. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(?!config_)|npm_config_user_agent$|pnpm_|NODE_(OPTIONS|PATH|TEST_CONTEXT)$|INIT_CWD$)/i.test(name),
  ),
)
/** How long one command of a Dockerfile may take. */
const LIMIT_MS = 300_000

/**
 * Runs the first stage of a Dockerfile on this machine, without a container: copies the repository as the build context has it,
 * runs the commands of RUN in the copy, and has them write below a folder what they would write below `/`.
 *
 * @param dockerfile its path in the repository
 * @returns the folder
 * @throws Error with the output of the command that failed
 */
export function buildImage(dockerfile: string): string {
  const root = mkdtempSync(join(tmpdir(), 'image-'))
  const source = join(root, 'src')
  const files = run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '-z'], ROOT)
  mkdirSync(join(root, 'tmp'))
  for (const file of files.split('\0')) {
    if (file !== '') cpSync(join(ROOT, file), join(source, file))
  }
  const [stage = ''] = readFileSync(join(ROOT, dockerfile), 'utf8')
    .split(/^FROM /m)
    .slice(1)
  for (const [, command = ''] of stage.matchAll(/^RUN (.*)$/gm)) {
    run('sh', ['-ec', command.replaceAll(/(?<= )\/(?=\w)/g, `${root}/`)], source)
  }
  return root
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: LIMIT_MS })
  if (status !== 0) throw new Error(`${command} ${args.at(-1)}: ${error?.message ?? stdout + stderr}`)
  return stdout
}
