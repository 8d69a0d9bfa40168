// Preloaded by a test: the first try to reach anything but the loopback interface ends the process.
const dgram = require('node:dgram')
const dns = require('node:dns')
const net = require('node:net')

function admit(host) {
  if (host === undefined || host === null || host === 'localhost' || host === '::1' || /^127\./.test(host)) return
  console.error(`tried to reach ${host}`)
  process.exit(99)
}

function before(object, method, look) {
  const original = object[method]
  object[method] = function (...args) {
    look(args)
    return original.apply(this, args)
  }
}

before(net.Socket.prototype, 'connect', ([first, second]) => {
  // As given, or as Node has put it in order already.
  const options = Array.isArray(first) ? first[0] : first
  if (typeof options === 'object') admit(options.host)
  else if (typeof second === 'string') admit(second)
})
before(dgram.Socket.prototype, 'send', (args) => {
  for (const arg of args.slice(1)) if (typeof arg === 'string') admit(arg)
})
for (const method of ['lookup', 'resolve', 'resolve4', 'resolve6']) before(dns, method, ([host]) => admit(host))
