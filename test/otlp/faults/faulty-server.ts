import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'

/** How many requests are kept; later ones are only counted. */
const MAX_RECEIVED = 20

/** The listening side of a collector that can be told to do something wrong. Its connections are counted. */
export abstract class FaultyServer<Fault, Received> {
  readonly #sockets = new Set<Socket>()
  readonly #server = net.createServer((socket) => {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => {})
    this.connections++
    this.accept(socket)
  })
  readonly #healthy: Fault
  protected fault: Fault
  /** The port; 0 before it listens for the first time. */
  protected port = 0
  /** How many requests arrived since the last change of what it does wrong. */
  requests = 0
  /** How many connections were accepted since then. */
  connections = 0
  /** The first of these requests. */
  readonly received: Received[] = []

  /** @param healthy how it behaves when it does nothing wrong */
  constructor(healthy: Fault) {
    this.#healthy = healthy
    this.fault = healthy
  }

  /** Called with each connection. */
  protected abstract accept(socket: Socket): void

  protected receive(request: () => Received): void {
    this.requests++
    if (this.received.length < MAX_RECEIVED) this.received.push(request())
  }

  /** How many connections are open. */
  get open(): number {
    return this.#sockets.size
  }

  /** Listens, on the port that it had if it had one. */
  async listen(): Promise<void> {
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as AddressInfo).port
  }

  /** Does this wrong from now on; nothing by default. Connections stay. */
  turn(fault: Fault = this.#healthy): void {
    this.fault = fault
    this.requests = 0
    this.connections = 0
    this.received.length = 0
  }

  /** Stops listening, and closes all connections. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }
}
