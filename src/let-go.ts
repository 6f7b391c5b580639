/**
 * Gives the memory of bytes back at once, which nobody looks at any more: the garbage collector waits until it notices, and then
 * looks through all of the heap for it. Bytes that are a part of something larger are left alone, for that is not theirs.
 */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
