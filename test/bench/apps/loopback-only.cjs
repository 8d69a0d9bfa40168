// A preload for tests that ends the process at the first attempt to reach anything but the loopback interface.
const dgram = require('node:dgram')
const dns = require('node:dns')
const net = require('node:net')

function endUnlessLoopback(host) {
  if (host === undefined || host === null || host === 'localhost' || host === '::1' || /^127\./.test(host)) return
  console.error(`tried to reach ${host}`)
  process.exit(99)
}

/** Calls `check` with the arguments of each call before the original method. */
function checkCalls(object, method, check) {
  const original = object[method]
  object[method] = function (...args) {
    check(args)
    return original.apply(this, args)
  }
}

checkCalls(net.Socket.prototype, 'connect', ([first, second]) => {
  // Node itself calls this method with an array of normalized arguments.
  const options = Array.isArray(first) ? first[0] : first
  if (typeof options === 'object') endUnlessLoopback(options.host)
  else if (typeof second === 'string') endUnlessLoopback(second)
})
checkCalls(dgram.Socket.prototype, 'send', (args) => {
  for (const arg of args.slice(1)) if (typeof arg === 'string') endUnlessLoopback(arg)
})
for (const method of ['lookup', 'resolve', 'resolve4', 'resolve6'])
  checkCalls(dns, method, ([host]) => endUnlessLoopback(host))
