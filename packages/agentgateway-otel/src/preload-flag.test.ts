import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { entryPreloadedBy, hasPreload } from './preload-flag.ts'

const NAME = 'agentgateway-otel'
const FILE = '/app/node_modules/agentgateway-otel/dist/index.mjs'

describe('entryPreloadedBy', () => {
  for (const [flags, expected] of [
    [['--import', NAME], NAME],
    [[`--import=${NAME}`], NAME],
    [['--require', NAME], NAME],
    [[`--require=${NAME}`], NAME],
    [['-r', NAME], NAME],
    [['--enable-source-maps', '--import', 'tsx', '--import', NAME], NAME],
    [['--import', FILE], FILE],
    [[`--import=file://${FILE}`], `file://${FILE}`],
    [
      ['-r', 'C:\\app\\node_modules\\agentgateway-otel\\dist\\index.cjs'],
      'C:\\app\\node_modules\\agentgateway-otel\\dist\\index.cjs',
    ],
    [['--import', `${NAME}/register`], undefined],
    [['--import', '/app/node_modules/agentgateway-otel/dist/register.js'], undefined],
    [['--import', '/app/dist/index.mjs'], undefined],
    [['--import', `${NAME}-else`], undefined],
    [['--conditions', NAME], undefined],
    [['--import'], undefined],
    [[], undefined],
  ] as const) {
    it(`finds ${expected} in the flags ${JSON.stringify(flags)}`, () => {
      assert.equal(entryPreloadedBy(flags), expected)
    })
  }

  for (const [options, expected] of [
    [`--import ${NAME}`, NAME],
    [`  --max-old-space-size=512   --import=${NAME} `, NAME],
    [`--import "${NAME}"`, NAME],
    [`"--import=${NAME}"`, NAME],
    [
      `--import "/my app/node_modules/agentgateway-otel/dist/index.mjs"`,
      '/my app/node_modules/agentgateway-otel/dist/index.mjs',
    ],
    [`--require "C:\\\\app\\\\agentgateway-otel\\\\dist\\\\index.cjs"`, 'C:\\app\\agentgateway-otel\\dist\\index.cjs'],
    [`--import ${NAME}/register`, undefined],
    [`--import "${NAME}`, NAME],
    ['', undefined],
  ] as const) {
    it(`finds ${expected} in NODE_OPTIONS='${options}'`, () => {
      assert.equal(entryPreloadedBy([], options), expected)
    })
  }
})

describe('hasPreload', () => {
  for (const [flags, options, expected] of [
    [['--import', `${NAME}/register`], '', true],
    [['--import', NAME], '', true],
    [[`--require=/app/node_modules/${NAME}/dist/register.cjs`], '', true],
    [[], `--import file:///my%20app/node_modules/${NAME}/dist/register.js`, true],
    [[], `--max-old-space-size=512 -r "/my app/node_modules/${NAME}/dist/register.cjs"`, true],
    [[], `--import ${NAME}-else/register`, false],
    [[], `--import /app/${NAME}/app.js`, false],
    [[], `--title=${NAME}/register`, false],
    [[], '', false],
  ] as const) {
    it(`is ${expected} for the flags ${JSON.stringify(flags)} and NODE_OPTIONS='${options}'`, () => {
      assert.equal(hasPreload(flags, options), expected)
    })
  }
})
