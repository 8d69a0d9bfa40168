/**
 * Many processes of one app behind one scrape endpoint.
 *
 * @module
 * @example
 * const rendezvous = rendezvousFor(address)
 * const sharing = new Sharing({ endpoint, address, rendezvous, origin, gateway, onPeerServer, onError, log })
 * endpoint.bind(address, ({ error }) => {
 *   if (error === undefined) listenForPeers(rendezvous, (socket) => sharing.leader.accept(socket), onError)
 *   else void sharing.follower.join()
 * })
 */

export { type Identity, identify, type Origin } from './identity.ts'
export type { SharingOptions } from './member.ts'
export { listenForPeers } from './peer-socket.ts'
export { onCleanExit, onDryLoop } from './process-end.ts'
export { hasGroups, type Rendezvous, rendezvousFor } from './rendezvous.ts'
export { Sharing } from './sharing.ts'
export * as unpatchedFs from './unpatched-fs.ts'
