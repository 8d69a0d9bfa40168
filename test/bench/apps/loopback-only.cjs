// A preload that ends the process at the first attempt to connect to anything but the loopback interface.
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
  // The arguments as given, or as Node.js has normalized them.
  const options = Array.isArray(first) ? first[0] : first
  if (typeof options === 'object') admit(options.host)
  else if (typeof second === 'string') admit(second)
})
before(dgram.Socket.prototype, 'send', (args) => {
  for (const arg of args.slice(1)) if (typeof arg === 'string') admit(arg)
})
for (const method of ['lookup', 'resolve', 'resolve4', 'resolve6']) before(dns, method, ([host]) => admit(host))
