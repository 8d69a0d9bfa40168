// Prints what the last match of a regular expression was after frameworks have been loaded whose sources get statements.
;/a(b)c/.exec('xabcx')
const seen = ['hono', 'polka', 'find-my-way', 'router', 'koa'].map((name) => {
  require(name)
  return [name, RegExp.lastMatch, RegExp.input, RegExp.$1]
})
console.log(JSON.stringify(seen))
console.log('ready')
