import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isCatchAll } from './template.ts'

it('isCatchAll recognises templates that match every path, as each framework writes them', () => {
  for (const template of [
    '*',
    '/*',
    '*splat',
    '/*splat',
    '{*splat}',
    '/{*splat}',
    '{/*splat}',
    '(.*)',
    '/(.*)',
    '/:path(.*)',
    '/:path(.*)*',
    '/:path(*)',
    '/:path*',
    '/:path+',
    '/:path{.*}',
    '/:path{.+}',
    '**',
    '/**',
    '/**:path',
    '/{path*}',
    '/[...path]',
    '/[[...path]]',
    '/$',
    '/{$}',
    String(/.*/),
    String(/^.*$/),
    String(/^\/.*/),
    String(/(.*)/i),
  ]) {
    assert.equal(isCatchAll(template), true, template)
  }
})

it('isCatchAll rejects templates that name a part of the path', () => {
  for (const template of [
    '/',
    '',
    '/:id',
    '/:id?',
    '/{id}',
    '/[id]',
    '/files/*',
    '/files/*path',
    '/files/**',
    '/files/{path*2}',
    '/{path*2}',
    '/docs/[...path]',
    '/docs/$',
    '/$id',
    '/{-$id}',
    '/:path(\\d+)',
    '/:path{[0-9]+}',
    '/*/edit',
    String(/^\/files\/.*/),
    String(/a.*/),
  ]) {
    assert.equal(isCatchAll(template), false, template)
  }
})
