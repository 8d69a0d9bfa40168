/**
 * Many processes of one app behind one scrape endpoint.
 *
 * @module
 * @example
 * const place = placeFor(address)
 * const sharing = new Sharing({ endpoint, address, place, origin, gateway, onDoor, onError, log })
 * endpoint.bind(
 *   address,
 *   () => openDoor(place, (socket) => sharing.receive(socket), onError),
 *   () => sharing.join(),
 * )
 */
export { onCleanExit } from './clean-exit.ts'
export type { Origin } from './identity.ts'
export { hasGroups, openDoor } from './peer-socket.ts'
export { type Place, placeFor } from './rendezvous.ts'
export { Sharing, type SharingOptions } from './sharing.ts'
export * as unpatchedFs from './unpatched-fs.ts'
